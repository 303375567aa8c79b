import type { CompiledSchedule } from '../trigger/compile.ts';
import type { Instants } from '../trigger/instants.ts';

/** A stretch in which a job is paused; `untilMs` null = until somebody resumes it. */
export interface Pause {
  readonly fromMs: number;
  readonly untilMs: number | null;
}

export type SpanReason = 'paused' | 'blackout' | 'missed';

/** Consecutive instants that share one row because none of them runs, for one reason. */
export interface SkippedSpan {
  readonly kind: 'span';
  readonly reason: SpanReason;
  /** The first and the last instant of the span. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly occurrences: number;
}

/** From `fromMs` (inclusive) to `untilMs` (exclusive), why an instant that does not run does not. */
export interface Segment {
  readonly reason: SpanReason;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** With more silences than this in one stretch, they are told as part of what was missed. */
const MOST_SILENCES = 100;
/** How many silences are stepped over in search of instants that may run. */
const MOST_STEPS = 1000;

/** Cuts (afterMs, untilMs] into stretches of one reason each; a pause goes before a blackout. */
export function segmentsOf(
  schedule: CompiledSchedule,
  pauses: readonly Pause[],
  afterMs: number,
  untilMs: number,
): Segment[] {
  const startMs = afterMs + 1;
  const endMs = untilMs + 1;
  const silences = schedule.blackouts.spansIn(startMs, untilMs, MOST_SILENCES + 1);
  const blackouts = silences.length > MOST_SILENCES ? [] : silences;
  const closed = pauses.map(({ fromMs, untilMs: end }) => ({ fromMs, untilMs: end ?? Infinity }));
  const cuts = [...closed, ...blackouts].flatMap((span) => [span.fromMs, span.untilMs]);
  const edges = [startMs, ...cuts.filter((ms) => ms > startMs && ms < endMs), endMs];
  edges.sort((a, b) => a - b);
  const isIn = (spans: readonly { fromMs: number; untilMs: number }[], ms: number): boolean =>
    spans.some((span) => span.fromMs <= ms && ms < span.untilMs);
  return edges.slice(0, -1).map((fromMs, index) => ({
    fromMs,
    untilMs: edges[index + 1] ?? endMs,
    reason: isIn(closed, fromMs) ? 'paused' : isIn(blackouts, fromMs) ? 'blackout' : 'missed',
  }));
}

/** The instants in (afterMs, untilMs] as spans; neighbours with the same reason are one. */
export function spansBetween(
  instants: Instants,
  segments: readonly Segment[],
  afterMs: number,
  untilMs: number,
): SkippedSpan[] {
  const spans: SkippedSpan[] = [];
  if (afterMs >= untilMs) return spans;
  for (const segment of segments) {
    const span = spanIn(
      instants,
      segment.reason,
      Math.max(afterMs, segment.fromMs - 1),
      Math.min(untilMs, segment.untilMs - 1),
    );
    if (span === null) continue;
    const previous = spans.at(-1);
    if (previous?.reason === span.reason) spans[spans.length - 1] = joined(previous, span);
    else spans.push(span);
  }
  return spans;
}

function spanIn(
  instants: Instants,
  reason: SpanReason,
  afterMs: number,
  untilMs: number,
): SkippedSpan | null {
  if (afterMs >= untilMs) return null;
  const first = instants.nextAfter(afterMs);
  const last = instants.lastIn(afterMs, untilMs);
  if (first === null || last === null) return null;
  const occurrences = instants.countIn(afterMs, untilMs);
  return { kind: 'span', reason, fromMs: first, untilMs: last, occurrences };
}

function joined(first: SkippedSpan, second: SkippedSpan): SkippedSpan {
  const occurrences = first.occurrences + second.occurrences;
  return { ...first, untilMs: second.untilMs, occurrences };
}

/** The last `most` instants in (afterMs, untilMs] outside all blackouts, ascending. */
export function latestOpen(
  instants: Instants,
  schedule: CompiledSchedule,
  afterMs: number,
  untilMs: number,
  most: number,
): number[] {
  const found: number[] = [];
  let last = instants.lastIn(afterMs, untilMs);
  for (let step = 0; last !== null && step < MOST_STEPS && found.length < most; step++) {
    const silence = schedule.blackouts.spanAt(last);
    if (silence === null) found.push(last);
    last = instants.lastIn(afterMs, silence === null ? last - 1 : silence.fromMs - 1);
  }
  return found.reverse();
}

/** The first `most` instants in (afterMs, untilMs] outside all blackouts, ascending. */
export function listOpen(
  instants: Instants,
  schedule: CompiledSchedule,
  afterMs: number,
  untilMs: number,
  most: number,
): number[] {
  const found: number[] = [];
  let next = instants.nextAfter(afterMs);
  while (next !== null && next <= untilMs && found.length < most) {
    const silence = schedule.blackouts.spanAt(next);
    if (silence === null) found.push(next);
    else if (silence.untilMs > untilMs) break;
    next = instants.nextAfter(silence === null ? next : silence.untilMs - 1);
  }
  return found;
}
