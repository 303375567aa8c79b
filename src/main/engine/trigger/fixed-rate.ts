import type { Instants } from './instants.ts';

/**
 * `anchor + k * period` for k = 0, 1, 2, ...: no instant depends on when another one ran, so the
 * schedule never drifts, and every answer is one division.
 */
export function fixedRate(anchorMs: number, everyMs: number): Instants {
  /** How many instants are at or before `ms`. */
  const countUntil = (ms: number): number =>
    ms < anchorMs ? 0 : Math.floor((ms - anchorMs) / everyMs) + 1;
  const nth = (index: number): number => anchorMs + index * everyMs;
  return {
    nextAfter: (ms) => nth(countUntil(ms)),
    lastIn: (afterMs, untilMs) => {
      const count = countUntil(untilMs);
      return count > countUntil(afterMs) ? nth(count - 1) : null;
    },
    countIn: (afterMs, untilMs) => Math.max(0, countUntil(untilMs) - countUntil(afterMs)),
  };
}
