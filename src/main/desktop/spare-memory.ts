import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../engine/clock.ts';

/** After a start; by then the window shows what it has to show. */
const QUIET_MS = 4000;

/**
 * Gives back what a start leaves behind. V8 would keep it until it needs room, and a program that waits in the tray
 * needs none for hours.
 */
export function giveBackSoon(clock: Clock): void {
  clock.setTimer(QUIET_MS, () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: object) => void;
    setFlagsFromString('--no-expose-gc');
    collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
  });
}
