import schedule from 'node-schedule';
import type { Clock, Timer } from '../clock.ts';

/** Wakes the scheduler once, at a wall-clock instant that is at most 30 s ahead. */
export type Alarm = (at: number, callback: () => void) => Timer;

/** So much later than node-schedule would have woken us, nobody waits for it any longer. */
const PATIENCE_MS = 1000;

/**
 * node-schedule as alarm clock and nothing else: it is given one date at a time, close enough that its faults with
 * clock jumps and daylight saving (it repeats, forgets or bunches what it computes itself) cannot come to bear. When
 * the clock is set back it would sleep on until the date comes again, so a timer that knows no dates stands beside it.
 */
export function nodeScheduleAlarm(clock: Clock): Alarm {
  return (at, callback) => {
    const cancel = () => {
      late.cancel();
      job?.cancel();
    };
    const wake = () => {
      cancel();
      callback();
    };
    const waitMs = Math.max(0, at - clock.now());
    // It refuses dates that are not in the future.
    const job = schedule.scheduleJob(new Date(at), wake) as schedule.Job | null;
    const late = clock.setTimer(job ? waitMs + PATIENCE_MS : 0, wake);
    return { cancel };
  };
}

/** The same by a clock that a test moves. */
export function clockAlarm(clock: Clock): Alarm {
  return (at, callback) => clock.setTimer(Math.max(0, at - clock.now()), callback);
}
