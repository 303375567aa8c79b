import { describe, expect, test } from 'vitest';
import { validateSchedule, validateWindow } from '../../../../src/main/engine/trigger/validate.ts';
import { scheduleSchema } from '../../../../src/shared/schedule.ts';
import type { ScheduleInput } from '../../../../src/shared/schedule.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const OPTIONS = { nowMs: NOW, machineZone: 'America/Sao_Paulo' };

const problemsOf = (schedule: ScheduleInput) =>
  validateSchedule(scheduleSchema.parse(schedule), OPTIONS);
const cronProblems = (expression: string) => problemsOf({ kind: 'cron', expression });

describe('a cron expression is refused with a sentence', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['*', '1 field'],
    ['* * *', '3 fields'],
    ['* * * * * * *', '7 fields'],
    ['0 0 12 * * ? 2030', '7 fields'],
    ['@reboot', 'names no time'],
    ['@yearly', '"0 0 1 1 *"'],
    ['@annually', '"0 0 1 1 *"'],
    ['@monthly', '"0 0 1 * *"'],
    ['@weekly', '"0 0 * * SUN"'],
    [' @Daily', '"0 0 * * *"'],
    ['@midnight', '"0 0 * * *"'],
    ['@hourly', '"0 * * * *"'],
    ['@every 5m', 'fixed rate'],
    ['@constructor', 'not understood'],
    ['0 0 * * @', 'not understood'],
    ['99 * * * *', '"99" is not a minute'],
    ['60 * * * *', '"60" is not a minute'],
    ['* 24 * * *', '"24" is not an hour'],
    ['60 * * * * *', '"60" is not a second'],
    ['0 0 0 * *', '"0" is not a day of month'],
    ['0 0 32 * *', '"32" is not a day of month'],
    ['0 0 * 0 *', '"0" is not a month'],
    ['0 0 * 13 *', '"13" is not a month'],
    ['0 0 * * 8', '"8" is not a day of week'],
    ['0 0 * * SUNDAY', '"SUNDAY" is not a day of week'],
    ['0 0 * * FRI-MON', '"FRI-MON" is not a day of week'],
    ['0 0 * * MON#6', '"MON#6" is not a day of week'],
    ['0 0 * * +MON', '"+MON" is not a day of week'],
    ['0 0 * MAY5 *', '"MAY5" is not a month'],
    ['*/0 * * * *', '"*/0" is not a minute'],
    ['1-0 * * * *', '"1-0" is not a minute'],
    ['*/61 * * * *', '"*/61" is not a minute'],
    ['5/15 * * * *', '"5/15" is not a minute'],
    ['1,,2 * * * *', '"1,,2" is not a minute'],
    ['** * * * *', '"**" is not a minute'],
    ['-5 * * * *', '"-5" is not a minute'],
    ['1e1 * * * *', '"1e1" is not a minute'],
    ['0x5 * * * *', '"0x5" is not a minute'],
    ['L * * * *', '"L" is not a minute'],
    ['0 0 L-3 * *', '"L-3" is not a day of month'],
    ['١ * * * *', 'position 1'],
    ['０ * * * *', 'position 1'],
    ['* * * * *\u00a0', 'position 10'],
    ['*\n* * * *', 'position 2'],
    ['0 0 30 2 *', 'never comes'],
    ['0 0 31 4,6,9,11 *', 'never comes'],
    ['0 0 30W 2 *', 'never comes'],
  ])('%j', (expression, part) => {
    const problems = cronProblems(expression);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe('schedule.expression');
    expect(problems[0]?.message).toContain(part);
    expect(problems[0]?.message).toMatch(/\.$/);
  });

  test('and what is said instead of a nickname is taken', () => {
    for (const alias of ['@yearly', '@monthly', '@weekly', '@daily', '@hourly']) {
      const [, expression = ''] = /"([^"]+)" for/.exec(cronProblems(alias)[0]?.message ?? '') ?? [];
      expect([alias, cronProblems(expression)]).toEqual([alias, []]);
    }
  });

  test('of ten kilobytes, by its shape already', () => {
    const expression = '* '.repeat(5000);
    expect(scheduleSchema.safeParse({ kind: 'cron', expression }).success).toBe(false);
  });
});

test.each([
  '* * * * *',
  '*/30 * * * * *',
  '0 9 * * MON-FRI',
  '0 9 * * mon,wed',
  '0 0 L * *',
  '0 0 LW * *',
  '0 0 15W * *',
  '0 0 * * 5L',
  '0 0 * * FRI#L',
  '0 0 * * MON#2',
  '0 0 29 2 *',
  '0 0 * * 7',
  '0 0 * JAN-MAR SAT-SUN',
  '0 0 ? * MON',
  '05 04 * * *',
  '  0   0 * *  * ',
  '0\t0 * * *',
  '0-30/10 8-18 1,15 */2 *',
  '0 0 13 * FRI',
  '*/60 * * * *',
])('%j is a cron expression', (expression) => {
  expect(cronProblems(expression)).toEqual([]);
});

describe('a time zone', () => {
  test.each(['Mars/Olympus', '', 'EST5EDT', '+03:00'])('%j is refused', (timeZone) => {
    for (const schedule of [
      { kind: 'cron', expression: '0 0 * * *', timeZone },
      { kind: 'fixed-rate', everyMs: 1000, timeZone },
      { kind: 'one-time', at: '2030-01-01T00:00', timeZone },
    ] as const) {
      const problems = problemsOf(schedule);
      expect(problems.map(({ path }) => path)).toEqual(['schedule.timeZone']);
      expect(problems[0]?.message).toContain('expected a place');
    }
  });

  test('may be left to the machine, whatever that calls it', () => {
    const schedule = scheduleSchema.parse({ kind: 'cron', expression: '0 0 * * *' });
    expect(validateSchedule(schedule, { nowMs: NOW, machineZone: 'EST5EDT' })).toEqual([]);
  });
});

describe('a single time', () => {
  test('in the past is refused, and the sentence names both times', () => {
    const [problem] = problemsOf({ kind: 'one-time', at: '2026-11-21T11:00:00Z' });
    expect(problem?.path).toBe('schedule.at');
    expect(problem?.message).toBe(
      '2026-11-21T11:00:00Z is in the past (it is 2026-11-21 09:00:00 in America/Sao_Paulo); expected a time to come.',
    );
  });

  test('of just now has only been on its way', () => {
    expect(problemsOf({ kind: 'one-time', at: '2026-11-21T11:59:59.500Z' })).toEqual([]);
  });

  test('may be allowed to lie a little in the past', () => {
    const schedule = scheduleSchema.parse({ kind: 'one-time', at: '2026-11-21T11:56:00Z' });
    const pastAllowedMs = 5 * 60 * 1000;
    expect(validateSchedule(schedule, OPTIONS)).toHaveLength(1);
    expect(validateSchedule(schedule, { ...OPTIONS, pastAllowedMs })).toEqual([]);
  });

  test('without offset is judged in its zone', () => {
    expect(problemsOf({ kind: 'one-time', at: '2026-11-21T10:00' })).toEqual([]);
    expect(problemsOf({ kind: 'one-time', at: '2026-11-21T10:00', timeZone: 'UTC' })).toHaveLength(
      1,
    );
  });

  test('in 2300 is fine', () => {
    expect(problemsOf({ kind: 'one-time', at: '2300-01-01T00:00:00Z' })).toEqual([]);
  });
});

test('problems are found where the schedule stands in the input', () => {
  const schedule = scheduleSchema.parse({ kind: 'cron', expression: '99 * * * *' });
  const [problem] = validateSchedule(schedule, { ...OPTIONS, path: 'jobs.3.schedule' });
  expect(problem?.path).toBe('jobs.3.schedule.expression');
});

test('a job must end after it begins', () => {
  const zone = 'America/Sao_Paulo';
  const window = (startAt: string | null, endAt: string | null) =>
    validateWindow({ startAt, endAt }, zone).map(({ path }) => path);
  expect(window('2027-01-01T00:00', '2027-01-01T00:00')).toEqual(['endAt']);
  expect(window('2027-01-02T00:00Z', '2027-01-01T00:00Z')).toEqual(['endAt']);
  expect(window('2027-01-01T00:00', '2027-01-01T03:00:00Z')).toEqual(['endAt']);
  expect(window('2027-01-01T00:00', '2027-01-01T03:00:01Z')).toEqual([]);
  expect(window(null, '2020-01-01T00:00Z')).toEqual([]);
});

test.each<[ScheduleInput, string]>([
  [{ kind: 'fixed-rate', everyMs: 99 }, 'The shortest period is 100 ms.'],
  [{ kind: 'fixed-rate', everyMs: 4e12 }, 'The longest period or delay is a hundred years.'],
  [{ kind: 'fixed-delay', delayMs: -1 }, 'A delay is 0 ms or more.'],
  [{ kind: 'fixed-delay', delayMs: 4e12 }, 'The longest period or delay is a hundred years.'],
])('%j is refused with a sentence', (schedule, sentence) => {
  const { error } = scheduleSchema.safeParse(schedule);
  expect(error?.issues.map(({ message }) => message)).toEqual([sentence]);
});
