/** What both clocks showed at one moment: wall time in epoch ms, monotonic time in ms. */
export interface ClockReading {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export type ClockHold = 'before-2024' | 'far-forward' | 'far-back';

export type ClockJump =
  | { readonly kind: 'none' }
  /** `byMs` is negative when the clock was set back. A suspended machine looks like a jump forward. */
  | { readonly kind: 'jump'; readonly byMs: number; readonly expectedNowMs: number }
  /** Too strange to act upon: pause with reason clock-jump until somebody confirms. */
  | { readonly kind: 'hold'; readonly why: ClockHold; readonly byMs: number };

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
/** Clocks that drift apart by less are corrected clocks, not jumps. */
export const JUMP_MS = 2 * SECOND;
/** A jump forward by more is not believed. */
export const FARTHEST_FORWARD_MS = 31 * DAY;
/** A clock further back than this before it was last seen is not believed. */
export const FARTHEST_BACK_MS = DAY;
/** No machine runs this program before; a clock that says so has lost its battery. */
export const EARLIEST_CLOCK_MS = Date.UTC(2024, 0, 1);

/** Compares two readings of one process: how far the wall clock left the monotonic one. */
export function detectJump(before: ClockReading, now: ClockReading): ClockJump {
  const expectedNowMs = before.wallMs + (now.monotonicMs - before.monotonicMs);
  const byMs = now.wallMs - expectedNowMs;
  if (now.wallMs < EARLIEST_CLOCK_MS) return { kind: 'hold', why: 'before-2024', byMs };
  if (byMs > FARTHEST_FORWARD_MS) return { kind: 'hold', why: 'far-forward', byMs };
  if (now.wallMs < before.wallMs - FARTHEST_BACK_MS) return { kind: 'hold', why: 'far-back', byMs };
  if (Math.abs(byMs) > JUMP_MS) return { kind: 'jump', byMs, expectedNowMs };
  return { kind: 'none' };
}

/**
 * Judges the clock at start, against the wall time at which this home was last seen running (null
 * for a new one). A machine may be off for months, so only going back is strange.
 */
export function judgeStartClock(nowMs: number, lastSeenMs: number | null): ClockJump {
  const byMs = lastSeenMs === null ? 0 : nowMs - lastSeenMs;
  if (nowMs < EARLIEST_CLOCK_MS) return { kind: 'hold', why: 'before-2024', byMs };
  if (byMs < -FARTHEST_BACK_MS) return { kind: 'hold', why: 'far-back', byMs };
  return { kind: 'none' };
}
