const SECOND = 1000;
/** An instant that is noticed within this time is on time. */
export const ON_TIME_MS = 2 * SECOND;
/** Between two ticks of a busy but running program this much lateness is still ordinary. */
const LONGEST_TICK_MS = 5 * SECOND;

/**
 * Before which time an instant counts as late. Whatever came up since the previous tick is in
 * time, unless the program stood still (suspended, stopped, blocked) or the clock jumped.
 */
export function lateBefore(
  nowMs: number,
  previousTickMs: number | null,
  hasJumped: boolean,
): number {
  const onTimeMs = nowMs - ON_TIME_MS;
  if (previousTickMs === null || hasJumped) return onTimeMs;
  return Math.min(onTimeMs, Math.max(previousTickMs, nowMs - LONGEST_TICK_MS));
}

/** The longest time over which the catch-ups of many jobs are spread. */
const LONGEST_SPREAD_MS = 60 * SECOND;
/** The distance between two of them while there are few. */
const USUAL_STEP_MS = 50;

/** How long the catch-up number `index` of at most `count` waits, so that not all begin in one second. */
export function catchUpDelay(index: number, count: number): number {
  const step = Math.min(USUAL_STEP_MS, LONGEST_SPREAD_MS / Math.max(1, count));
  return Math.round(index * step);
}
