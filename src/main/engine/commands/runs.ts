import type { ContractHandlers } from '../../../shared/contract.ts';
import { notFound, PontualError } from '../../../shared/errors.ts';
import { say, type Sentence, type SentenceWith } from '../../../shared/sentences.ts';
import type { Attempt, Run, RunState, Unusual } from '../../../shared/run.ts';
import { toIso } from '../clock.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { LiveRun } from '../jobs/live-run.ts';
import type { LogLevel } from '../observe/internal-events.ts';
import type { Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { Turns } from '../turns.ts';
import { pageNewestFirst, toPage } from './paging.ts';
import { retryRun, startAgain } from './start-again.ts';
import { unfinishedRuns } from './unfinished-runs.ts';

type Names = keyof ContractHandlers & `runs.${string}`;

export interface RunCommandDeps {
  readonly store: Pick<Store, 'query' | 'commit' | 'health'>;
  readonly catalog: Pick<Catalog, 'jobs'>;
  readonly service: Pick<JobService, 'find' | 'live' | 'cancel' | 'start'>;
  readonly toRun: (live: LiveRun) => Run;
  /** How a succeeded run differs from those before it. */
  readonly unusual: (run: Run) => Promise<Unusual>;
  readonly readLog: (run: Run, format: 'text' | 'jsonl', level: LogLevel) => Promise<string>;
}

export function runCommands(deps: RunCommandDeps): Pick<ContractHandlers, Names> {
  const { store, service } = deps;
  const turns = new Turns();

  /** What is stored, with what only memory knows: how far it is and what it waits for. */
  const asLive = <T extends Run>(stored: T): T => {
    const live = service.find(stored.id);
    if (!live) return stored;
    const { state, reason, heartbeatAt, progress, attempt, startsAt } = deps.toRun(live);
    const told = { ...stored, state, reason, heartbeatAt, progress, attempt };
    return startsAt === undefined ? told : { ...told, startsAt };
  };

  const stored = async (id: string) => {
    const run = await store.query('runs.get', { id });
    if (!run) throw notFound('run', id);
    return asLive(run);
  };

  const rowOf = async (id: string) => {
    const row = await store.query('runs.row', { id });
    if (!row) throw notFound('run', id);
    return row;
  };

  const retry = async (id: string, by: string): Promise<Run> => {
    const row = await rowOf(id);
    if (row.state !== 'finished') throw new PontualError('conflict', stillGoing(id, row.state));
    return retryRun(deps, row, by);
  };

  const decide = async (id: string, decision: 'rerun' | 'discard', by: string): Promise<Run> => {
    const row = await rowOf(id);
    if (row.outcome !== 'interrupted' || row.reason === 'decided')
      throw new PontualError('conflict', say('noDecision', { id }));
    const decided: Op = { kind: 'run.patch', id, patch: { reason: 'decided' } };
    if (decision === 'rerun') return startAgain(deps, row, by, [decided]);
    await store.commit([decided]);
    const { attempts: _attempts, ...run } = await stored(id);
    return run;
  };

  return {
    'runs.list': async (wanted) => {
      const filter = { ...wanted, from: epochOf(wanted.from), to: epochOf(wanted.to) };
      const { state } = filter;
      // What a damaged store left unfinished is taken up by nobody, so only its rows tell of it.
      const isLive =
        state !== undefined && state !== 'finished' && store.health.state !== 'read-only';
      if (isLive)
        return pageNewestFirst(unfinishedRuns(service.live(), filter, deps.toRun), filter);
      const page = await store.query('runs.list', filter);
      return { ...toPage(page), items: page.items.map(asLive) };
    },
    'runs.get': async ({ id }) => {
      const run = await stored(id);
      const attempts = run.attempts.map((attempt) => sinceStarted(attempt, service.find(id)));
      const told = { ...run, attempts };
      return run.outcome === 'succeeded' ? { ...told, unusual: await deps.unusual(run) } : told;
    },
    'runs.log': async ({ id, format, level }) => deps.readLog(await stored(id), format, level),
    'runs.cancel': async ({ id }) => {
      const live = service.find(id);
      if (live) await service.cancel(live);
      const { attempts: _attempts, ...run } = await stored(id);
      return run;
    },
    // Two clicks must not send it twice.
    'runs.retry': ({ id }, caller) => turns.take(id, () => retry(id, caller.via)),
    'runs.decide': ({ id, decision }, caller) =>
      turns.take(id, () => decide(id, decision, caller.via)),
  };
}

function epochOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant);
}

/** When the attempt under way began is known in memory alone. */
function sinceStarted(attempt: Attempt, live: LiveRun | undefined): Attempt {
  if (attempt.finishedAt !== null || !live?.attempt || live.row.attempt !== attempt.number)
    return attempt;
  return { ...attempt, startedAt: toIso(live.attempt.startedAt) };
}

const STATES = {
  queued: 'stateQueued',
  waiting: 'stateWaiting',
  running: 'stateRunning',
  retrying: 'stateRetrying',
} as const satisfies Record<Exclude<RunState, 'finished'>, SentenceWith<never>>;

function stillGoing(id: string, state: keyof typeof STATES): Sentence {
  return say('runUnfinished', { id, state: say(STATES[state]).says });
}
