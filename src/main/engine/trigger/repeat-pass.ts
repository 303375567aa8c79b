import type { Instants } from './instants.ts';

/**
 * The same instants once more, `pass` ms later: how a schedule goes on through times that the
 * clock shows again, while every instant stays unique.
 */
export function repeatPass(instants: Instants, pass: number): Instants {
  const later = (ms: number | null): number | null => (ms === null ? null : ms + pass);
  return {
    nextAfter: (ms) => later(instants.nextAfter(ms - pass)),
    lastIn: (afterMs, untilMs) => later(instants.lastIn(afterMs - pass, untilMs - pass)),
    countIn: (afterMs, untilMs) => instants.countIn(afterMs - pass, untilMs - pass),
  };
}
