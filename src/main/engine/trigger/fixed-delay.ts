import type { Instants } from './instants.ts';
import { NO_INSTANTS } from './instants.ts';

/** What the scheduler knows about the last run of a fixed-delay job. */
export type LastRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly atMs: number };

/** After an instant that was skipped there is no end to count from; never again sooner than this. */
const SHORTEST_STEP_AFTER_SKIP_MS = 1000;

/**
 * One instant at a time: the first at `anchorMs`, then `delayMs` after the end of each run, none
 * while a run is going on. The chain must not break when an instant is skipped and so has no end:
 * asked for what follows such an instant, it counts the delay from there.
 */
export function fixedDelay(anchorMs: number, delayMs: number, lastRun: LastRun): Instants {
  if (lastRun.kind === 'running') return NO_INSTANTS;
  const nextAfter = (ms: number): number => {
    if (lastRun.kind === 'ended' && lastRun.atMs >= ms) {
      return Math.max(lastRun.atMs + delayMs, ms + 1);
    }
    const due = lastRun.kind === 'none' ? anchorMs : lastRun.atMs + delayMs;
    return due > ms ? due : ms + Math.max(delayMs, SHORTEST_STEP_AFTER_SKIP_MS);
  };
  const lastIn = (afterMs: number, untilMs: number): number | null => {
    const next = nextAfter(afterMs);
    return next <= untilMs ? next : null;
  };
  return {
    nextAfter,
    lastIn,
    countIn: (afterMs, untilMs) => (lastIn(afterMs, untilMs) === null ? 0 : 1),
  };
}
