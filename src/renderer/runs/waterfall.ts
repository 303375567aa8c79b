import { STEPS, type Attempt, type RunDetail, type Step, type StepMs } from '../../shared/run.ts';

/** One bar on the time axis; shares are of the whole axis, 0 to 1. */
export interface Segment {
  readonly step: Step;
  readonly from: number;
  readonly width: number;
  readonly ms: number;
}

export interface PageRow {
  readonly kind: 'page';
  readonly id: string;
  readonly page: number;
  readonly url: string;
  readonly status: number | null;
  readonly records: number;
  readonly isNotModified: boolean;
  readonly totalMs: number;
  readonly segments: readonly Segment[];
}

export interface AttemptRow {
  readonly kind: 'attempt';
  readonly id: string;
  readonly attempt: Attempt;
  readonly totalMs: number;
  readonly from: number;
  readonly width: number;
}

export interface Waterfall {
  readonly rows: readonly (AttemptRow | PageRow)[];
  /** What the axis spans. */
  readonly totalMs: number;
  readonly ticks: readonly { readonly at: number; readonly ms: number }[];
}

/**
 * Puts all attempts and pages of a run on one time axis. An attempt stands where the clock says, a page where its
 * attempt says, and its steps one after the other: they are measured apart, not placed.
 */
export function layOutWaterfall(run: RunDetail, now: number): Waterfall {
  const [first] = run.attempts;
  if (first === undefined) return { rows: [], totalMs: 0, ticks: [] };
  const origin = Date.parse(first.startedAt);
  const placed = run.attempts.map((attempt) => placeAttempt(attempt, origin, now));
  const totalMs = Math.max(1, ...placed.map(({ endMs }) => endMs));
  return {
    rows: placed.flatMap(({ attempt, startMs, endMs }) => [
      attemptRow(attempt, { startMs, endMs, totalMs }),
      ...attempt.pages.map((page) => pageRow(attempt, page, startMs, totalMs)),
    ]),
    totalMs,
    ticks: axisTicks(totalMs),
  };
}

interface Placed {
  readonly attempt: Attempt;
  readonly startMs: number;
  readonly endMs: number;
}

function placeAttempt(attempt: Attempt, origin: number, now: number): Placed {
  const startMs = Math.max(0, Date.parse(attempt.startedAt) - origin);
  const pagesEnd = Math.max(
    0,
    ...attempt.pages.map((page) => page.startMs + sumOfSteps(page.stepMs)),
  );
  const clockEnd = attempt.finishedAt === null ? now : Date.parse(attempt.finishedAt);
  return { attempt, startMs, endMs: Math.max(startMs + pagesEnd, clockEnd - origin) };
}

function attemptRow(
  attempt: Attempt,
  { startMs, endMs, totalMs }: { startMs: number; endMs: number; totalMs: number },
): AttemptRow {
  return {
    kind: 'attempt',
    id: `a${attempt.number}`,
    attempt,
    totalMs: endMs - startMs,
    from: startMs / totalMs,
    width: (endMs - startMs) / totalMs,
  };
}

function pageRow(
  attempt: Attempt,
  page: Attempt['pages'][number],
  attemptStartMs: number,
  totalMs: number,
): PageRow {
  let at = attemptStartMs + page.startMs;
  const segments = STEPS.flatMap((step): Segment[] => {
    const ms = page.stepMs[step] ?? 0;
    if (ms === 0) return [];
    const segment = { step, ms, from: at / totalMs, width: ms / totalMs };
    at += ms;
    return [segment];
  });
  return {
    kind: 'page',
    id: `a${attempt.number}p${page.page}`,
    page: page.page,
    url: page.url,
    status: page.status,
    records: page.records,
    isNotModified: page.notModified ?? false,
    totalMs: sumOfSteps(page.stepMs),
    segments,
  };
}

export function sumOfSteps(stepMs: StepMs): number {
  return STEPS.reduce((total, step) => total + (stepMs[step] ?? 0), 0);
}

/** Three to six round marks: 1, 2 or 5 times a power of ten. */
function axisTicks(totalMs: number): { at: number; ms: number }[] {
  const power = 10 ** Math.floor(Math.log10(totalMs / 3));
  const every = [5, 2, 1].map((n) => n * power).find((step) => totalMs / step >= 3) ?? power;
  const count = Math.floor(totalMs / every);
  return Array.from({ length: count + 1 }, (_, index) => ({
    at: (index * every) / totalMs,
    ms: index * every,
  }));
}
