import { performance } from 'node:perf_hooks';

/**
 * The only door to time. Everything that waits or dates something takes a `Clock`, so that tests move time by hand.
 * `monotonic` never jumps; comparing it with `now` is how jumps of the wall clock are found.
 */
export interface Clock {
  /** Wall clock, ms since 1970. */
  now(): number;
  /** Ms since some fixed moment, fractional, never set back. */
  monotonic(): number;
  /** Calls back once after `delayMs` (at most 2^31-1 ms; callers wake at least every 30 s). */
  setTimer(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  /** Harmless when it has fired or was cancelled before. */
  cancel(): void;
}

const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    // Node fires at once when a delay exceeds 2^31-1 ms; a long wait must never become none.
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), LONGEST_DELAY_MS));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Resolves after `delayMs`, or rejects with the signal's reason. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Instants that are written down again and again: those of the last moments. A power of two. */
const KEPT = 256;
const keptMs = new Float64Array(KEPT).fill(NaN);
const keptText: string[] = [];

/** Ms to the microsecond: as fine as is stored, and each digit more is written, sent and read for nothing. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** ISO 8601 UTC with milliseconds, the form in which every instant leaves the program. */
export function toIso(epochMs: number): string {
  // A fifth of what a run cost the main thread was spent here: the same few instants are told many times.
  const slot = epochMs & (KEPT - 1);
  const kept = keptText[slot];
  if (kept !== undefined && keptMs[slot] === epochMs) return kept;
  const text = new Date(epochMs).toISOString();
  keptMs[slot] = epochMs;
  keptText[slot] = text;
  return text;
}
