import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { blackoutSchema, missedRunsSchema, scheduleSchema } from '../../src/shared/schedule.ts';

describe('the shape of a schedule', () => {
  test.each([
    [
      { kind: 'cron', expression: '* * * * *' },
      { kind: 'cron', expression: '* * * * *', timeZone: null },
    ],
    [
      { kind: 'fixed-rate', everyMs: 100 },
      { kind: 'fixed-rate', everyMs: 100, startAt: null, timeZone: null },
    ],
    [
      { kind: 'fixed-delay', delayMs: 0 },
      { kind: 'fixed-delay', delayMs: 0, timeZone: null },
    ],
    [
      { kind: 'one-time', at: '2300-01-01T00:00:00Z' },
      { kind: 'one-time', at: '2300-01-01T00:00:00Z', timeZone: null },
    ],
    [{ kind: 'manual' }, { kind: 'manual' }],
  ])('%j is filled with its defaults', (input, output) => {
    expect(scheduleSchema.parse(input)).toEqual(output);
  });

  test.each([
    [{}, 'kind'],
    [{ kind: 'hourly' }, 'kind'],
    [{ kind: 'cron' }, 'expression'],
    [{ kind: 'cron', expression: 5 }, 'expression'],
    [{ kind: 'cron', expression: '*'.repeat(257) }, 'expression'],
    [{ kind: 'fixed-rate', everyMs: 99 }, 'everyMs'],
    [{ kind: 'fixed-rate', everyMs: 1000.5 }, 'everyMs'],
    [{ kind: 'fixed-rate', everyMs: Infinity }, 'everyMs'],
    [{ kind: 'fixed-rate', everyMs: 1e15 }, 'everyMs'],
    [{ kind: 'fixed-rate', everyMs: '30000' }, 'everyMs'],
    [{ kind: 'fixed-rate', everyMs: 1000, startAt: 'tomorrow' }, 'startAt'],
    [{ kind: 'fixed-delay', delayMs: -1 }, 'delayMs'],
    [{ kind: 'one-time', at: '2030-02-30T00:00:00Z' }, 'at'],
    [{ kind: 'one-time', at: '2030-01-01' }, 'at'],
    [{ kind: 'one-time', at: 1893456000000 }, 'at'],
  ])('%j is refused at %s', (input, path) => {
    const result = scheduleSchema.safeParse(input);
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  test.each([
    { kind: 'cron', expression: '* * * * *', every: 5 },
    { kind: 'manual', at: '2030-01-01T00:00:00Z' },
    { kind: 'fixed-rate', everyMs: 1000, expression: '* * * * *' },
  ])('%j is refused for its unknown field', (input) => {
    const issue = scheduleSchema.safeParse(input).error?.issues[0];
    expect(issue?.code).toBe('unrecognized_keys');
  });

  test('can be told as JSON Schema', () => {
    expect(JSON.stringify(z.toJSONSchema(scheduleSchema, { io: 'input' }))).toContain('fixed-rate');
  });
});

describe('the shape of a blackout', () => {
  test('may leave everything open: every day, all day', () => {
    expect(blackoutSchema.parse({})).toEqual({ days: [], from: '00:00', to: '24:00', dates: [] });
  });

  test.each([
    [{ days: ['saturday'] }],
    [{ from: '24:01' }],
    [{ from: '9:00' }],
    [{ to: '12:60' }],
    [{ dates: ['2026-02-29'] }],
    [{ dates: ['25/12/2026'] }],
    [{ until: '06:00' }],
  ])('%j is refused', (input) => {
    expect(blackoutSchema.safeParse(input).success).toBe(false);
  });
});

describe('the policy for missed runs', () => {
  test('runs the latest by default, however old', () => {
    expect(missedRunsSchema.parse({})).toEqual({ policy: 'run-latest', withinMs: null });
  });

  test.each([[{ policy: 'run-some' }], [{ withinMs: -1 }], [{ most: 100 }]])(
    '%j is refused',
    (input) => {
      expect(missedRunsSchema.safeParse(input).success).toBe(false);
    },
  );
});
