import type { ContractHandlers } from '../../../src/shared/contract.ts';
import type { Figures, insight } from '../../../src/shared/insight.ts';
import type { Run } from '../../../src/shared/run.ts';
import type { FakeState } from './fake-engine.ts';

const HOUR_MS = 3_600_000;

/** Counted from the runs there are. */
export function insightHandlers(state: FakeState): Pick<ContractHandlers, keyof typeof insight> {
  return {
    'metrics.summary': async () => ({
      since: '2026-11-21T08:00:00.000Z',
      runs: { succeeded: 1204, failed: 3, skipped: 12 },
      running: 1,
      queued: 0,
      lateness: { count: 1207, p50Ms: 1.2, p99Ms: 6.8 },
      commits: { count: 5200, p50Ms: 0.31, p99Ms: 2.4 },
      loopDelay: { count: 0, p50Ms: null, p99Ms: null },
      memory: { residentBytes: 180_000_000, heapBytes: 60_000_000 },
    }),
    workers: async () => ({ items: [], nextCursor: null }),
    stats: async ({ jobId, from = '1970-01-01T00:00:00.000Z' }) => {
      const runs = state.runs.filter(
        (run) => (jobId === undefined || run.jobId === jobId) && run.createdAt >= from,
      );
      const hourOf = ({ createdAt }: Run) =>
        new Date(Math.floor(Date.parse(createdAt) / HOUR_MS) * HOUR_MS).toISOString();
      return {
        from,
        to: new Date(state.now()).toISOString(),
        total: figuresOf(runs),
        byJob: grouped(runs, (run) => run.jobId).map(([id, own]) => ({
          jobId: id,
          ...figuresOf(own),
        })),
        byHour: grouped(runs, hourOf)
          .map(([hour, own]) => ({ hour, ...figuresOf(own) }))
          .sort((a, b) => (a.hour < b.hour ? -1 : 1)),
      };
    },
  };
}

function grouped(runs: readonly Run[], keyOf: (run: Run) => string): [string, Run[]][] {
  const groups = new Map<string, Run[]>();
  for (const run of runs) groups.set(keyOf(run), [...(groups.get(keyOf(run)) ?? []), run]);
  return [...groups];
}

function figuresOf(runs: readonly Run[]): Figures {
  const outcomes: Figures['outcomes'] = {};
  for (const { outcome, occurrences } of runs)
    if (outcome !== null) outcomes[outcome] = (outcomes[outcome] ?? 0) + occurrences;
  const durations = runs.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs]));
  const sum = (of: (run: Run) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    runs: sum(({ occurrences }) => occurrences),
    outcomes,
    meanDurationMs:
      durations.length === 0
        ? null
        : durations.reduce((total, ms) => total + ms, 0) / durations.length,
    maxDurationMs: durations.length === 0 ? null : Math.max(...durations),
    received: sum(({ counts }) => counts.received),
    new: sum(({ counts }) => counts.new),
    changed: sum(({ counts }) => counts.changed),
    invalid: sum(({ counts }) => counts.invalid),
    bytes: sum(({ counts }) => counts.bytes),
  };
}
