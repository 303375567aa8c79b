import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../../../../src/main/engine/trigger/compile.ts';
import type { CompileOptions } from '../../../../src/main/engine/trigger/compile.ts';
import { blackoutSchema, scheduleSchema } from '../../../../src/shared/schedule.ts';
import type { ScheduleInput } from '../../../../src/shared/schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-21T12:00:00.000Z');

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function compile(schedule: ScheduleInput, options: Partial<CompileOptions> = {}) {
  return compileSchedule(scheduleSchema.parse(schedule), {
    machineZone: 'America/Sao_Paulo',
    anchorMs: NOW,
    ...options,
  });
}

describe('a fixed rate', () => {
  test('keeps to its anchor for ever', () => {
    const rate = compile({ kind: 'fixed-rate', everyMs: 700 });
    expect(rate.nextAfter(NOW - 1)).toBe(NOW);
    expect(rate.nextAfter(NOW)).toBe(NOW + 700);
    const tenYears = NOW + 3650 * DAY;
    expect(((rate.nextAfter(tenYears) ?? 0) - NOW) % 700).toBe(0);
  });

  test('begins at its own start, on the wall clock of its zone', () => {
    const rate = compile({
      kind: 'fixed-rate',
      everyMs: HOUR,
      startAt: '2027-01-01T08:00',
      timeZone: 'Europe/Lisbon',
    });
    expect(iso(rate.nextAfter(NOW))).toBe('2027-01-01T08:00:00.000Z');
    expect(rate.lastIn(NOW, Date.parse('2027-01-01T07:59:59Z'))).toBeNull();
  });

  test('goes on undisturbed through a change of the clocks', () => {
    const rate = compile(
      { kind: 'fixed-rate', everyMs: 30 * MINUTE },
      { machineZone: 'America/New_York', anchorMs: Date.parse('2026-11-01T04:00:00Z') },
    );
    const from = Date.parse('2026-11-01T04:00Z');
    const found = rate.between(from, Date.parse('2026-11-01T09:00Z'), 100);
    expect(
      found.every((ms, index) => index === 0 || ms - (found[index - 1] ?? 0) === 30 * MINUTE),
    ).toBe(true);
    expect(found).toHaveLength(10);
  });

  test('without a start has no beginning, so that a clock set back does not silence it', () => {
    const rate = compile({ kind: 'fixed-rate', everyMs: HOUR }, { anchorMs: NOW });
    expect(iso(rate.nextAfter(NOW - 2 * HOUR - 1))).toBe(iso(NOW - 2 * HOUR));
  });

  test('counts, lists and looks back in agreement', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 5000 }),
        fc.integer({ min: -20_000, max: 20_000 }),
        fc.integer({ min: 0, max: 30_000 }),
        (everyMs, offset, length) => {
          const rate = compile({ kind: 'fixed-rate', everyMs });
          const [after, until] = [NOW + offset, NOW + offset + length];
          const listed = rate.between(after, until, 1000);
          expect(rate.countIn(after, until)).toBe(listed.length);
          expect(rate.lastIn(after, until)).toBe(listed.at(-1) ?? null);
          expect(rate.nextAfter(after)).toBe(
            listed[0] ?? rate.between(after, until + everyMs + 20_000, 1)[0],
          );
        },
      ),
    );
  });
});

describe('a fixed delay', () => {
  test('is due at once, then after each end, and never while running', () => {
    const schedule: ScheduleInput = { kind: 'fixed-delay', delayMs: 5000 };
    expect(compile(schedule).nextAfter(NOW - 1)).toBe(NOW);
    expect(compile(schedule, { lastRun: { kind: 'running' } }).nextAfter(NOW)).toBeNull();
    const ended = compile(schedule, { lastRun: { kind: 'ended', atMs: NOW + 1234 } });
    expect(ended.nextAfter(NOW)).toBe(NOW + 6234);
  });

  test('of nothing still gives each run an instant of its own', () => {
    const ended = compile(
      { kind: 'fixed-delay', delayMs: 0 },
      { lastRun: { kind: 'ended', atMs: NOW } },
    );
    expect(ended.nextAfter(NOW)).toBe(NOW + 1);
  });

  test('goes on from an instant that was skipped', () => {
    const ended = compile(
      { kind: 'fixed-delay', delayMs: 5000 },
      { lastRun: { kind: 'ended', atMs: NOW } },
    );
    const skipped = NOW + 5000;
    expect(ended.nextAfter(skipped)).toBe(skipped + 5000);
  });
});

describe('a single time', () => {
  test.each([
    ['2300-01-01T00:00:00Z', null, '2300-01-01T00:00:00.000Z'],
    ['2300-01-01T00:00:00+02:00', null, '2299-12-31T22:00:00.000Z'],
    ['2030-01-01T09:00', null, '2030-01-01T12:00:00.000Z'],
    ['2030-01-01T09:00', 'Asia/Tokyo', '2030-01-01T00:00:00.000Z'],
    ['2027-03-14T02:30', 'America/New_York', '2027-03-14T07:00:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2038-01-19T03:14:08Z', null, '2038-01-19T03:14:08.000Z'],
  ])('%s in %s is %s', (at, timeZone, expected) => {
    const once = compile({ kind: 'one-time', at, timeZone });
    expect(iso(once.nextAfter(0))).toBe(expected);
    expect(once.nextAfter(Date.parse(expected))).toBeNull();
    expect(once.countIn(0, Date.parse(expected))).toBe(1);
    expect(once.countIn(0, Date.parse(expected) - 1)).toBe(0);
  });
});

test('a manual schedule is never due', () => {
  const manual = compile({ kind: 'manual' });
  expect(manual.nextAfter(0)).toBeNull();
  expect(manual.lastIn(0, NOW)).toBeNull();
  expect(manual.countIn(0, NOW)).toBe(0);
});

describe('the window of a job', () => {
  test('includes its start and excludes its end', () => {
    const windowed = compile(
      { kind: 'cron', expression: '0 * * * *', timeZone: 'UTC' },
      { startAt: '2027-01-01T08:00:00Z', endAt: '2027-01-01T11:00:00Z' },
    );
    expect(windowed.between(NOW, NOW + 365 * DAY, 10).map(iso)).toEqual([
      '2027-01-01T08:00:00.000Z',
      '2027-01-01T09:00:00.000Z',
      '2027-01-01T10:00:00.000Z',
    ]);
    expect(windowed.countIn(NOW, NOW + 365 * DAY)).toBe(3);
    expect(iso(windowed.lastIn(NOW, NOW + 365 * DAY))).toBe('2027-01-01T10:00:00.000Z');
    expect(windowed.countIn(NOW + 365 * DAY, NOW + 400 * DAY)).toBe(0);
  });

  test('moves where a rate without a start of its own begins', () => {
    const rate = compile(
      { kind: 'fixed-rate', everyMs: HOUR },
      { startAt: '2027-01-01T08:00:00Z' },
    );
    expect(iso(rate.nextAfter(NOW))).toBe('2027-01-01T08:00:00.000Z');
  });
});

describe('jitter', () => {
  const cron: ScheduleInput = { kind: 'cron', expression: '*/5 * * * *', timeZone: 'UTC' };

  test('delays each run by its own amount, always the same', () => {
    const [one, again, other] = ['a', 'a', 'b'].map((seed) =>
      compile(cron, { jitterMs: 60_000, seed }),
    );
    const instants = one?.between(NOW, NOW + DAY, 200) ?? [];
    const delays = instants.map((ms) => (one?.fireAt(ms) ?? 0) - ms);
    expect(delays).toEqual(instants.map((ms) => (again?.fireAt(ms) ?? 0) - ms));
    expect(delays).not.toEqual(instants.map((ms) => (other?.fireAt(ms) ?? 0) - ms));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
    expect(new Set(delays).size).toBeGreaterThan(instants.length * 0.9);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(mean).toBeGreaterThan(20_000);
    expect(mean).toBeLessThan(40_000);
  });

  test('wider than the period never changes the order of runs', () => {
    const every = compile({ kind: 'fixed-rate', everyMs: 1000 }, { jitterMs: HOUR, seed: 'x' });
    const fires = every.between(NOW, NOW + 100_000, 100).map((ms) => every.fireAt(ms));
    expect(fires).toEqual(fires.toSorted((a, b) => a - b));
    expect(new Set(fires).size).toBe(fires.length);
  });

  test('keeps an instant from having begun until its delay is over', () => {
    const jittered = compile(cron, { jitterMs: 240_000, seed: 'job' });
    const instant = jittered.nextAfter(NOW) ?? 0;
    const fireAt = jittered.fireAt(instant);
    expect(fireAt).toBeGreaterThan(instant);
    expect(jittered.begunUntil(fireAt - 1)).toBe(instant - 1);
    expect(jittered.begunUntil(fireAt)).toBe(fireAt);
  });
});

describe('blackouts', () => {
  const hourly: ScheduleInput = {
    kind: 'cron',
    expression: '0 * * * *',
    timeZone: 'America/Sao_Paulo',
  };
  const runsOn = (date: string, blackout: object, schedule = hourly): number[] => {
    const compiled = compile(schedule, { blackouts: [blackoutSchema.parse(blackout)] });
    const start = Date.parse(`${date}T03:00:00Z`);
    return compiled
      .between(start - 1, start + DAY - 1, 24)
      .filter((ms) => compiled.blackouts.spanAt(ms) === null)
      .map((ms) => (ms - start) / HOUR);
  };
  const hours = (from: number, until: number): number[] =>
    Array.from({ length: until - from }, (_, index) => from + index);

  test.each([
    // 2026-11-21 is a Saturday.
    [
      'a Saturday night, on the day it begins',
      '2026-11-21',
      { days: ['sat'], from: '22:00', to: '06:00' },
      hours(0, 22),
    ],
    [
      'a Saturday night, on the day it ends',
      '2026-11-22',
      { days: ['sat'], from: '22:00', to: '06:00' },
      hours(6, 24),
    ],
    [
      'a Saturday night, on another day',
      '2026-11-23',
      { days: ['sat'], from: '22:00', to: '06:00' },
      hours(0, 24),
    ],
    [
      'every day at noon',
      '2026-11-24',
      { from: '12:00', to: '13:00' },
      [...hours(0, 12), ...hours(13, 24)],
    ],
    ['a whole date', '2026-12-25', { dates: ['2026-12-25'] }, []],
    ['a whole date, the day after', '2026-12-26', { dates: ['2026-12-25'] }, hours(0, 24)],
    ['a date or a weekday', '2026-11-22', { days: ['sun'], dates: ['2026-12-25'] }, []],
    [
      'from a time to the same time',
      '2026-11-22',
      { days: ['sun'], from: '06:00', to: '06:00' },
      hours(0, 6),
    ],
    ['until midnight', '2026-11-22', { days: ['sun'], from: '18:00', to: '24:00' }, hours(0, 18)],
    [
      'until the next midnight',
      '2026-11-22',
      { days: ['sun'], from: '18:00', to: '00:00' },
      hours(0, 18),
    ],
  ])('%s', (_, date, blackout, expected) => {
    expect(runsOn(date, blackout)).toEqual(expected);
  });

  test('a window that ends in a repeated hour lasts through both passes', () => {
    const compiled = compile(
      { kind: 'fixed-rate', everyMs: 30 * MINUTE, timeZone: 'America/New_York' },
      {
        anchorMs: Date.parse('2026-11-01T00:00:00Z'),
        blackouts: [blackoutSchema.parse({ from: '00:00', to: '01:30' })],
      },
    );
    expect(iso(compiled.nextRunAfter(Date.parse('2026-11-01T04:00:00Z')))).toBe(
      '2026-11-01T06:30:00.000Z',
    );
  });

  test('touching windows are one silence', () => {
    const compiled = compile(hourly, {
      blackouts: [
        blackoutSchema.parse({ from: '00:00', to: '12:00' }),
        blackoutSchema.parse({ from: '12:00', to: '23:30' }),
      ],
    });
    const morning = Date.parse('2026-11-22T04:00:00Z');
    const silence = compiled.blackouts.spanAt(morning);
    expect([iso(silence?.fromMs ?? 0), iso(silence?.untilMs ?? 0)]).toEqual([
      '2026-11-22T03:00:00.000Z',
      '2026-11-23T02:30:00.000Z',
    ]);
  });

  test('that never end leave no run', () => {
    const compiled = compile(hourly, { blackouts: [blackoutSchema.parse({})] });
    expect(compiled.nextRunAfter(NOW)).toBeNull();
  });
});

describe('ten thousand schedules', () => {
  test('are armed in well under two seconds', () => {
    const zones = ['America/Sao_Paulo', 'Europe/Lisbon', 'Asia/Tokyo', 'America/New_York', 'UTC'];
    const started = process.hrtime.bigint();
    let armed = 0;
    for (let index = 0; index < 10_000; index++) {
      const expression = `${index % 60} ${Math.floor(index / 60) % 24} ${1 + (index % 28)} * ${index % 7}`;
      const compiled = compile({ kind: 'cron', expression, timeZone: zones[index % 5] ?? null });
      if (compiled.nextAfter(NOW) !== null) armed++;
    }
    const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
    expect(armed).toBe(10_000);
    // Measured at 60 ms; the bound is the promise, not the speed.
    expect(elapsedMs).toBeLessThan(2000);
  });
});
