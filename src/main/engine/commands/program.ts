import type { CommandOutput, ContractHandlers } from '../../../shared/contract.ts';
import { invalid } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Run } from '../../../shared/run.ts';
import type { Status } from '../../../shared/status.ts';
import { toIso, type Clock } from '../clock.ts';
import type { Catalog } from '../jobs/catalog.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { Store } from '../store/store.ts';
import type { PauseOfAll } from '../pause-of-all.ts';
import type { SettingsBook } from '../settings-book.ts';
import type { RecordTally } from './record-tally.ts';

type Names =
  | 'status'
  | 'overview'
  | 'pause'
  | 'resume'
  | 'settings.get'
  | 'settings.patch'
  | 'store.checkpoint'
  | 'demo.start';

export interface ProgramCommandDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'query' | 'checkpoint'>;
  readonly catalog: Pick<Catalog, 'jobs'>;
  readonly tally: RecordTally;
  readonly liveRuns: (limit: number) => Run[];
  readonly nextRunAt: (job: LiveJob) => number | null;
  readonly status: () => Promise<Status>;
  readonly pauseOfAll: PauseOfAll;
  /** Whoever resumes says that the clock is right. */
  readonly confirmClock: () => void;
  readonly settings: SettingsBook;
  readonly startDemo: () => Promise<CommandOutput<'demo.start'>>;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** What the home screen shows of each list. */
const SHOWN = { running: 50, next: 10, failures: 5, jobs: 200 };

export function programCommands(deps: ProgramCommandDeps): Pick<ContractHandlers, Names> {
  const { clock, store, settings, pauseOfAll } = deps;
  return {
    status: () => deps.status(),
    overview: async ({ since, runsPerJob }) => overview(deps, since, runsPerJob),
    pause: async ({ until, reason }) => {
      const now = clock.now();
      const end = until === null ? null : Date.parse(until);
      if (end !== null && end <= now)
        throw invalid([{ path: 'until', ...say('pauseIsOver', { text: until ?? '' }) }]);
      await pauseOfAll.pause(end, reason);
      return deps.status();
    },
    resume: async () => {
      deps.confirmClock();
      await pauseOfAll.resume();
      return deps.status();
    },
    'settings.get': async () => settings.current,
    'settings.patch': (patch) => settings.patch(patch),
    'store.checkpoint': () => store.checkpoint(),
    'demo.start': () => deps.startDemo(),
  };
}

async function overview(
  { clock, store, catalog, tally, liveRuns, nextRunAt }: ProgramCommandDeps,
  since: string | undefined,
  perJob: number,
): Promise<CommandOutput<'overview'>> {
  const now = clock.now();
  const jobs = [...catalog.jobs.values()];
  const shown = jobs.slice(0, SHOWN.jobs);
  const [failures, recordsToday, heartbeats] = await Promise.all([
    store.query('runs.failures', { since: now - DAY_MS, limit: SHOWN.failures }),
    tally.since(since === undefined ? hourOf(now - DAY_MS) : Date.parse(since), now),
    store.query('runs.heartbeats', {
      jobIds: shown.map(({ definition }) => definition.id),
      perJob,
    }),
  ]);
  const nameOf = (id: string) => catalog.jobs.get(id)?.definition.name ?? id;
  const next = jobs
    .flatMap((job) => {
      const at = nextRunAt(job);
      return at === null ? [] : [{ at, jobId: job.definition.id }];
    })
    .sort((a, b) => a.at - b.at)
    .slice(0, SHOWN.next);
  return {
    running: liveRuns(SHOWN.running),
    next: next.map(({ at, jobId }) => ({ jobId, jobName: nameOf(jobId), at: toIso(at) })),
    failures: failures.latest.map((failure) => ({ ...failure, jobName: nameOf(failure.jobId) })),
    recordsToday,
    heartbeats: heartbeats.map(({ jobId, runs }) => ({
      jobId,
      jobName: nameOf(jobId),
      runs: [...runs],
    })),
  };
}

function hourOf(ms: number): number {
  return ms - (ms % HOUR_MS);
}
