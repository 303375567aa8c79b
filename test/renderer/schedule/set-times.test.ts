import { describe, expect, it } from 'vitest';
import {
  cronOf,
  DEFAULT_SET_TIMES,
  setTimesOf,
  type SetTimes,
} from '../../../src/renderer/schedule/set-times.ts';
import { validateSchedule } from '../../../src/main/engine/trigger/validate.ts';

const examples: [SetTimes, string][] = [
  [{ ...DEFAULT_SET_TIMES, time: '08:30' }, '30 8 * * *'],
  [{ ...DEFAULT_SET_TIMES, time: '00:00', days: 'working' }, '0 0 * * MON-FRI'],
  [
    { ...DEFAULT_SET_TIMES, time: '23:59', days: 'chosen', weekdays: ['sat', 'mon'] },
    '59 23 * * MON,SAT',
  ],
  [{ ...DEFAULT_SET_TIMES, time: '06:05', days: 'month', dayOfMonth: 15 }, '5 6 15 * *'],
];

describe('set times', () => {
  it.each(examples)('%j is written %s', (times, expression) => {
    expect(cronOf(times)).toBe(expression);
  });

  it.each(examples)('are read back from cron', (times, expression) => {
    const read = setTimesOf(expression);
    expect(read).not.toBeNull();
    expect(cronOf(read!)).toBe(expression);
    expect(read!.time).toBe(times.time);
  });

  it.each(examples)('are schedules that the engine accepts', (_, expression) => {
    const schedule = { kind: 'cron', expression, timeZone: null } as const;
    expect(validateSchedule(schedule, { nowMs: 0, machineZone: 'UTC' })).toEqual([]);
  });

  it.each([
    '*/5 * * * *',
    '0 8,18 * * *',
    '0 8 1 * MON',
    '0 0 8 * * *',
    '',
    '61 8 * * *',
    '0 8 * * 1#2',
  ])('leave %s to the cron field', (expression) => {
    expect(setTimesOf(expression)).toBeNull();
  });
});
