import { expect, it } from 'vitest';
import { contract, type CommandInput } from '../../../../src/shared/contract.ts';
import type { RunState } from '../../../../src/shared/run.ts';
import { runCommands } from '../../../../src/main/engine/commands/runs.ts';
import { toRun } from '../../../../src/main/engine/jobs/run-view.ts';
import { startPlanned } from '../../../support/planned-rig.ts';

const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;

/** A run in each unfinished state, each of a job that bears the name of the state. */
async function setup() {
  const rig = await startPlanned({ settings: { concurrency: { runs: 1 } } });
  const commands = runCommands({
    ...rig,
    toRun,
    unusual: () => Promise.resolve({ fewRecords: null, fewPages: null }),
    readLog: () => Promise.resolve(''),
  });
  const list = (input: CommandInput<'runs.list'>) =>
    commands['runs.list'](contract['runs.list'].input.parse(input), { via: 'rest' });
  const start = async (id: string) => {
    const [run] = await rig.service.start(await rig.addJob({ id }), asked);
    return run?.id ?? '';
  };
  await start('retrying');
  rig.network.fail();
  await rig.settle();
  const waiting = await start('waiting');
  rig.network.waiting('origin', rig.network.attempt(waiting));
  await start('running');
  await start('queued');
  return { ...rig, list, start, waiting };
}

it.each(['retrying', 'waiting', 'running', 'queued'] as const)(
  'lists runs that are %s as what they are now',
  async (state) => {
    const { list } = await setup();
    const { items, nextCursor } = await list({ state });
    expect(items.map((run) => [run.jobId, run.state])).toEqual([[state, state]]);
    expect(nextCursor).toBeNull();
  },
);

it('leaves out what the other filters leave out', async () => {
  const { list, clock } = await setup();
  const now = new Date(clock.now()).toISOString();
  const waiting = async (filter: CommandInput<'runs.list'>) =>
    (await list({ state: 'waiting', ...filter })).items.length;
  expect(await waiting({ jobId: 'waiting', trigger: 'manual', q: 'AIT', from: now })).toBe(1);
  expect(await waiting({ jobId: 'running' })).toBe(0);
  expect(await waiting({ integrationId: 'other' })).toBe(0);
  expect(await waiting({ trigger: 'schedule' })).toBe(0);
  expect(await waiting({ outcome: 'failed' })).toBe(0);
  expect(await waiting({ q: 'nowhere' })).toBe(0);
  expect(await waiting({ to: now })).toBe(0);
});

it('gives them page by page, the newest first', async () => {
  const { list, start, clock } = await setup();
  for (const id of ['a', 'b', 'c']) {
    clock.advance(10);
    await start(id);
  }
  const first = await list({ state: 'queued', limit: 3 });
  expect(first.items.map(({ jobId }) => jobId)).toEqual(['c', 'b', 'a']);
  const second = await list({ state: 'queued', limit: 3, cursor: first.nextCursor ?? '' });
  expect(second.items.map(({ jobId }) => jobId)).toEqual(['queued']);
  expect(second.nextCursor).toBeNull();
});

it('tells of no run whose row is not on disk', async () => {
  const { list, store, addJob, service, settle } = await setup();
  const job = await addJob({ id: 'new' });
  store.hold();
  const starting = service.start(job, asked);
  await settle();
  const queued = async () => (await list({ state: 'queued' })).items.map(({ jobId }) => jobId);
  expect(await queued()).toEqual(['queued']);
  store.release();
  await starting;
  expect(await queued()).toEqual(['new', 'queued']);
});

it('counts one whose next try is due, and that has no slot yet, as queued', async () => {
  const { list, pass, network, waiting } = await setup();
  await pass(10 * 60_000);
  const states = async (state: RunState) => (await list({ state })).items.map((run) => run.jobId);
  expect(await states('queued')).toContain('retrying');
  expect(await states('retrying')).toEqual([]);
  network.succeed(network.attempt(waiting));
});
