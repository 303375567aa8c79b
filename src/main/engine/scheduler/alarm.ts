import schedule from 'node-schedule';
import type { Clock, Timer } from '../clock.ts';

/** Wakes the scheduler once, at a wall-clock instant that is at most 30 s ahead. */
export type Alarm = (at: number, callback: () => void) => Timer;

/**
 * node-schedule as alarm clock and nothing else: it is given one date at a time, close enough that its faults with
 * clock jumps and daylight saving (it repeats, forgets or bunches what it computes itself) cannot come to bear.
 */
export function nodeScheduleAlarm(clock: Clock): Alarm {
  return (at, callback) => {
    const job = schedule.scheduleJob(new Date(at), callback);
    // It refuses dates that are not in the future.
    if (!(job as schedule.Job | null)) return clock.setTimer(0, callback);
    return { cancel: () => void job.cancel() };
  };
}

/** The same by a clock that a test moves. */
export function clockAlarm(clock: Clock): Alarm {
  return (at, callback) => clock.setTimer(Math.max(0, at - clock.now()), callback);
}
