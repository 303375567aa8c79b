import type { CommandInput } from '../../shared/contract.ts';
import { OUTCOMES, RUN_STATES, TRIGGERS, type Run } from '../../shared/run.ts';
import type { Query } from '../state/route.ts';

const HOUR = 3_600_000;

export const PERIODS_MS = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 168 * HOUR,
  month: 720 * HOUR,
} as const;
export type Period = keyof typeof PERIODS_MS;

type ListInput = CommandInput<'runs.list'>;
export type RunFilter = Pick<
  ListInput,
  'jobId' | 'state' | 'outcome' | 'trigger' | 'q' | 'from' | 'to'
>;

/** The word for a period that is given by its two ends. */
export const CUSTOM_PERIOD = 'custom';

/** The filter that an address asks for; words that nobody knows are left out. */
export function runFilterOf(query: Query, now: number): RunFilter {
  const state = RUN_STATES.find((one) => one === query['status']);
  const outcome = OUTCOMES.find((one) => one === query['status']);
  const trigger = TRIGGERS.find((one) => one === query['trigger']);
  const period = isPeriod(query['period']) ? query['period'] : null;
  return {
    ...(query['job'] ? { jobId: query['job'] } : {}),
    ...(state ? { state } : {}),
    ...(outcome ? { outcome } : {}),
    ...(trigger ? { trigger } : {}),
    ...(query['q'] ? { q: query['q'] } : {}),
    ...(period ? { from: new Date(now - PERIODS_MS[period]).toISOString() } : customPeriod(query)),
  };
}

function customPeriod(query: Query): Pick<RunFilter, 'from' | 'to'> {
  if (query['period'] !== CUSTOM_PERIOD) return {};
  const from = instantOf(query['from']);
  const to = instantOf(query['to']);
  return { ...(from ? { from } : {}), ...(to ? { to } : {}) };
}

function instantOf(text: string | undefined): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

function isPeriod(text: string | undefined): text is Period {
  return text !== undefined && Object.hasOwn(PERIODS_MS, text);
}

/**
 * Whether a run that was just told of belongs into a filtered list. Text is searched by the other side alone, so a
 * list with a text takes in nothing new by itself.
 */
export function isInFilter(run: Run, filter: RunFilter): boolean {
  return (
    filter.q === undefined &&
    (filter.jobId === undefined || run.jobId === filter.jobId) &&
    (filter.state === undefined || run.state === filter.state) &&
    (filter.outcome === undefined || run.outcome === filter.outcome) &&
    (filter.trigger === undefined || run.trigger === filter.trigger) &&
    (filter.from === undefined || run.createdAt >= filter.from) &&
    (filter.to === undefined || run.createdAt < filter.to)
  );
}
