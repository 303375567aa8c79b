import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { notFound } from '../../../src/shared/errors.ts';
import type { Run } from '../../../src/shared/run.ts';
import type { FakeState } from './fake-engine.ts';
import { fakeDetail, fakeLog } from './fake-runs.ts';
import { pageFrom } from './paging.ts';

type RunCommand = Extract<keyof ContractHandlers, `runs.${string}`>;

export function runHandlers(state: FakeState): Pick<ContractHandlers, RunCommand> {
  const find = (id: string): Run => {
    const run = state.runs.find((one) => one.id === id);
    if (run === undefined) throw notFound('run', id);
    return run;
  };
  const replace = (run: Run): Run => {
    state.runs = state.runs.map((one) => (one.id === run.id ? run : one));
    state.emit({ name: 'run.finished', at: new Date(state.now()).toISOString(), data: { run } });
    return run;
  };

  return {
    'runs.list': async ({ limit, cursor, from, to, q, ...wanted }) => {
      const text = q?.toLowerCase();
      const matching = state.runs.filter(
        (run) =>
          Object.entries(wanted).every(
            ([field, value]) => value === undefined || run[field as keyof Run] === value,
          ) &&
          (from === undefined || run.createdAt >= new Date(from).toISOString()) &&
          (to === undefined || run.createdAt < new Date(to).toISOString()) &&
          (text === undefined ||
            `${run.id} ${run.jobId} ${run.error?.message ?? ''}`.toLowerCase().includes(text)),
      );
      return pageFrom(matching, { limit, cursor });
    },
    'runs.get': async ({ id }) => fakeDetail(find(id)),
    'runs.log': async ({ id }) => fakeLog(find(id)),
    'runs.cancel': async ({ id }) =>
      replace({
        ...find(id),
        state: 'finished',
        outcome: 'cancelled',
        finishedAt: new Date(state.now()).toISOString(),
      }),
    'runs.retry': async ({ id }) => {
      const run: Run = {
        ...find(id),
        id: `01KRETRY${state.runs.length}`,
        retryOf: id,
        trigger: 'retry',
        state: 'queued',
        outcome: null,
        error: null,
        startedAt: null,
        finishedAt: null,
        durationMs: null,
        createdAt: new Date(state.now()).toISOString(),
      };
      state.runs.unshift(run);
      state.emit({ name: 'run.queued', at: run.createdAt, data: { run } });
      return run;
    },
    'runs.decide': async ({ id, decision }) =>
      replace({ ...find(id), outcome: decision === 'discard' ? 'cancelled' : 'interrupted' }),
  };
}
