import { assertNever } from '../../shared/assert-never.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { cronOf, DEFAULT_SET_TIMES, setTimesOf } from './set-times.ts';

/** How the builder lets a schedule be put together; `at` and `cron` are both cron underneath. */
export const SCHEDULE_MODES = ['every', 'at', 'cron', 'after', 'once', 'manual'] as const;
export type ScheduleMode = (typeof SCHEDULE_MODES)[number];

/** The simplest mode that can show a schedule. */
export function modeOf(schedule: Schedule): ScheduleMode {
  switch (schedule.kind) {
    case 'cron':
      return setTimesOf(schedule.expression) === null ? 'cron' : 'at';
    case 'fixed-rate':
      return 'every';
    case 'fixed-delay':
      return 'after';
    case 'one-time':
      return 'once';
    case 'manual':
      return 'manual';
    default:
      return assertNever(schedule);
  }
}

/** A schedule to start from when the person changes the mode; what still fits is kept. */
export function scheduleInMode(mode: ScheduleMode, old: Schedule, now: number): Schedule {
  const timeZone = old.kind === 'manual' ? null : old.timeZone;
  switch (mode) {
    case 'every':
      return { kind: 'fixed-rate', everyMs: 300_000, startAt: null, timeZone };
    case 'at': {
      const times = old.kind === 'cron' ? setTimesOf(old.expression) : null;
      return { kind: 'cron', expression: cronOf(times ?? DEFAULT_SET_TIMES), timeZone };
    }
    case 'cron':
      return {
        kind: 'cron',
        expression: old.kind === 'cron' ? old.expression : '*/5 * * * *',
        timeZone,
      };
    case 'after':
      return { kind: 'fixed-delay', delayMs: 60_000, timeZone };
    case 'once':
      return { kind: 'one-time', at: nextFullHour(now), timeZone };
    case 'manual':
      return { kind: 'manual' };
  }
}

/** The next round hour on this computer's clock, without offset. */
function nextFullHour(now: number): string {
  const at = new Date(now + 3_600_000);
  at.setMinutes(0, 0, 0);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
