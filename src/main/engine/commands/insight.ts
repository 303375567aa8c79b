import type { ContractHandlers } from '../../../shared/contract.ts';
import { invalid } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Figures, insight, MetricsSummary, WorkerView } from '../../../shared/insight.ts';
import type { Outcome } from '../../../shared/run.ts';
import { toIso, type Clock } from '../clock.ts';
import type { QueryResult, Store } from '../store/store.ts';
import { onePage } from './paging.ts';

export interface InsightDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'query'>;
  readonly workers: () => readonly WorkerView[];
  readonly metrics: () => MetricsSummary;
}

const HOUR_MS = 60 * 60_000;
/** What is summed when nobody says since when. */
const DEFAULT_SPAN_MS = 7 * 24 * HOUR_MS;

export function insightCommands(deps: InsightDeps): Pick<ContractHandlers, keyof typeof insight> {
  const { clock, store, workers, metrics } = deps;
  return {
    'metrics.summary': async () => metrics(),
    workers: async () => onePage(workers()),
    stats: async ({ jobId, from, to }) => {
      const until = to === undefined ? clock.now() + 1 : Date.parse(to);
      const since = from === undefined ? until - DEFAULT_SPAN_MS : Date.parse(from);
      if (since >= until) throw invalid([{ path: 'from', ...say('fromBeforeTo') }]);
      const span = { jobId, from: downToHour(since), to: -downToHour(-until) };
      const [jobs, hours] = await Promise.all([
        store.query('stats.hourly', { ...span, by: 'job' }),
        store.query('stats.hourly', { ...span, by: 'hour' }),
      ]);
      return {
        from: toIso(span.from),
        to: toIso(span.to),
        total: figuresOf(jobs),
        byJob: grouped(jobs, (row) => row.jobId).map(([id, rows]) => ({
          jobId: id,
          ...figuresOf(rows),
        })),
        byHour: grouped(hours, (row) => row.hour).map(([hour, rows]) => ({
          hour: toIso(hour),
          ...figuresOf(rows),
        })),
      };
    },
  };
}

type Rows = QueryResult<'stats.hourly'>;

function downToHour(epochMs: number): number {
  return Math.floor(epochMs / HOUR_MS) * HOUR_MS;
}

function grouped<K>(rows: Rows, keyOf: (row: Rows[number]) => K | null): [K, Rows[number][]][] {
  const groups = new Map<K, Rows[number][]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups];
}

function figuresOf(rows: Rows): Figures {
  const sum = (of: (row: Rows[number]) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const { outcome, runs } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + runs;
  const ran = rows.filter(({ outcome }) => outcome !== 'skipped');
  const ranTimes = ran.reduce((total, { runs }) => total + runs, 0);
  const ranMs = ran.reduce((total, { durationMs }) => total + durationMs, 0);
  return {
    runs: sum(({ runs }) => runs),
    outcomes,
    meanDurationMs: ranTimes === 0 ? null : ranMs / ranTimes,
    maxDurationMs:
      ranTimes === 0 ? null : Math.max(...ran.map(({ maxDurationMs }) => maxDurationMs)),
    received: sum(({ received }) => received),
    new: sum((row) => row.new),
    changed: sum(({ changed }) => changed),
    invalid: sum(({ invalid: refused }) => refused),
    bytes: sum(({ bytes }) => bytes),
  };
}
