import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronInstants } from '../../../../src/main/engine/trigger/cron.ts';
import { listInstants } from '../../../../src/main/engine/trigger/instants.ts';
import { formatWallTime } from '../../../../src/main/engine/trigger/local-time.ts';
import { zoneOf } from '../../../../src/main/engine/trigger/zone.ts';
import { dueSteps, walk } from './cron-oracle.ts';
import { TRANSITIONS } from './transitions.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

function instantsBetween(expression: string, zone: string, from: string, until: string): string[] {
  const instants = cronInstants(expression, zoneOf(zone));
  return listInstants(instants, Date.parse(from) - 1, Date.parse(until) - 1, 1000).map(iso);
}

describe('golden instants', () => {
  test.each([
    // Expression, zone, from (inclusive), until (exclusive), instants.
    [
      '30 2 * * *',
      'America/New_York',
      '2027-03-13T05:00Z',
      '2027-03-16T04:00Z',
      ['2027-03-13T07:30:00Z', '2027-03-14T07:00:00Z', '2027-03-15T06:30:00Z'],
    ],
    [
      '0,15,30,45 2 * * *',
      'America/New_York',
      '2027-03-14T05:00Z',
      '2027-03-15T04:00Z',
      ['2027-03-14T07:00:00Z'],
    ],
    [
      '0 3 * * *',
      'America/New_York',
      '2027-03-14T05:00Z',
      '2027-03-15T04:00Z',
      ['2027-03-14T07:00:00Z'],
    ],
    [
      '30 2,3 * * *',
      'America/New_York',
      '2027-03-14T05:00Z',
      '2027-03-15T04:00Z',
      ['2027-03-14T07:00:00Z', '2027-03-14T07:30:00Z'],
    ],
    ['*/15 2 * * *', 'America/New_York', '2027-03-14T05:00Z', '2027-03-15T04:00Z', []],
    [
      '30 1 * * *',
      'America/New_York',
      '2026-11-01T04:00Z',
      '2026-11-02T05:00Z',
      ['2026-11-01T05:30:00Z'],
    ],
    [
      '*/15 * * * *',
      'America/New_York',
      '2026-11-01T05:00Z',
      '2026-11-01T07:00Z',
      [
        '2026-11-01T05:00:00Z',
        '2026-11-01T05:15:00Z',
        '2026-11-01T05:30:00Z',
        '2026-11-01T05:45:00Z',
        '2026-11-01T06:00:00Z',
        '2026-11-01T06:15:00Z',
        '2026-11-01T06:30:00Z',
        '2026-11-01T06:45:00Z',
      ],
    ],
    [
      '0 * * * *',
      'America/New_York',
      '2026-11-01T04:00Z',
      '2026-11-01T08:00Z',
      [
        '2026-11-01T04:00:00Z',
        '2026-11-01T05:00:00Z',
        '2026-11-01T06:00:00Z',
        '2026-11-01T07:00:00Z',
      ],
    ],
    [
      '0 * * * *',
      'America/New_York',
      '2027-03-14T05:00Z',
      '2027-03-14T09:00Z',
      [
        '2027-03-14T05:00:00Z',
        '2027-03-14T06:00:00Z',
        '2027-03-14T07:00:00Z',
        '2027-03-14T08:00:00Z',
      ],
    ],
    [
      '30 1 * * *',
      'Europe/London',
      '2027-03-28T00:00Z',
      '2027-03-29T00:00Z',
      ['2027-03-28T01:00:00Z'],
    ],
    [
      '30 1 * * *',
      'Europe/London',
      '2027-10-30T23:00Z',
      '2027-11-01T00:00Z',
      ['2027-10-31T00:30:00Z'],
    ],
    [
      '0 1 * * *',
      'Europe/Lisbon',
      '2027-03-28T00:00Z',
      '2027-03-29T00:00Z',
      ['2027-03-28T01:00:00Z'],
    ],
    [
      '0 0 * * *',
      'America/Sao_Paulo',
      '2018-11-03T03:00Z',
      '2018-11-06T02:00Z',
      ['2018-11-03T03:00:00Z', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'],
    ],
    [
      '30 0 * * *',
      'America/Sao_Paulo',
      '2018-11-04T00:00Z',
      '2018-11-05T02:00Z',
      ['2018-11-04T03:00:00Z'],
    ],
    [
      '30 23 * * *',
      'America/Sao_Paulo',
      '2019-02-16T03:00Z',
      '2019-02-18T03:00Z',
      ['2019-02-17T01:30:00Z', '2019-02-18T02:30:00Z'],
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2026-10-03T13:30Z',
      '2026-10-04T13:00Z',
      ['2026-10-03T15:30:00Z'],
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2027-04-03T13:00Z',
      '2027-04-04T13:30Z',
      ['2027-04-03T14:45:00Z'],
    ],
    [
      '*/30 * * * *',
      'Australia/Lord_Howe',
      '2027-04-03T14:00Z',
      '2027-04-03T16:30Z',
      [
        '2027-04-03T14:00:00Z',
        '2027-04-03T14:30:00Z',
        '2027-04-03T15:00:00Z',
        '2027-04-03T15:30:00Z',
        '2027-04-03T16:00:00Z',
      ],
    ],
    [
      '0 0 * * *',
      'Pacific/Apia',
      '2011-12-29T10:00Z',
      '2012-01-01T10:00Z',
      ['2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
    ],
    [
      '30 10 30 12 *',
      'Pacific/Apia',
      '2011-12-01T00:00Z',
      '2012-12-01T00:00Z',
      ['2011-12-30T10:00:00Z'],
    ],
    [
      '30 10 30 12 *',
      'Pacific/Apia',
      '2012-12-01T00:00Z',
      '2013-01-01T00:00Z',
      ['2012-12-29T20:30:00Z'],
    ],
    [
      '30 1 * * *',
      'Antarctica/Troll',
      '2027-03-28T00:00Z',
      '2027-03-29T00:00Z',
      ['2027-03-28T01:00:00Z', '2027-03-28T23:30:00Z'],
    ],
    [
      '30 2 * * *',
      'Africa/Casablanca',
      '2025-02-22T23:00Z',
      '2025-02-23T23:59Z',
      ['2025-02-23T01:30:00Z'],
    ],
    [
      '30 2 * * *',
      'Africa/Casablanca',
      '2025-04-06T00:00Z',
      '2025-04-07T00:00Z',
      ['2025-04-06T02:00:00Z'],
    ],
    [
      '0 12 29 2 *',
      'UTC',
      '2096-01-01T00:00Z',
      '2109-01-01T00:00Z',
      ['2096-02-29T12:00:00Z', '2104-02-29T12:00:00Z', '2108-02-29T12:00:00Z'],
    ],
    [
      '0 0 31 * *',
      'UTC',
      '2027-01-01T00:00Z',
      '2027-07-01T00:00Z',
      ['2027-01-31T00:00:00Z', '2027-03-31T00:00:00Z', '2027-05-31T00:00:00Z'],
    ],
    [
      '0 18 L * *',
      'America/Sao_Paulo',
      '2028-01-01T00:00Z',
      '2028-04-01T00:00Z',
      ['2028-01-31T21:00:00Z', '2028-02-29T21:00:00Z', '2028-03-31T21:00:00Z'],
    ],
    [
      '0 9 * * MON#2',
      'UTC',
      '2027-01-01T00:00Z',
      '2027-04-01T00:00Z',
      ['2027-01-11T09:00:00Z', '2027-02-08T09:00:00Z', '2027-03-08T09:00:00Z'],
    ],
    [
      '0 9 * * FRI#L',
      'UTC',
      '2027-01-01T00:00Z',
      '2027-03-01T00:00Z',
      ['2027-01-29T09:00:00Z', '2027-02-26T09:00:00Z'],
    ],
    [
      '0 9 15W * *',
      'UTC',
      '2027-05-01T00:00Z',
      '2027-08-20T00:00Z',
      [
        '2027-05-14T09:00:00Z',
        '2027-06-15T09:00:00Z',
        '2027-07-15T09:00:00Z',
        '2027-08-16T09:00:00Z',
      ],
    ],
    [
      '0 0 13 * FRI',
      'UTC',
      '2027-01-01T00:00Z',
      '2027-01-16T00:00Z',
      [
        '2027-01-01T00:00:00Z',
        '2027-01-08T00:00:00Z',
        '2027-01-13T00:00:00Z',
        '2027-01-15T00:00:00Z',
      ],
    ],
    [
      '0 8 * JAN,JUL SUN',
      'UTC',
      '2027-06-25T00:00Z',
      '2027-07-12T00:00Z',
      ['2027-07-04T08:00:00Z', '2027-07-11T08:00:00Z'],
    ],
    [
      '0 8 * * 7',
      'UTC',
      '2027-07-01T00:00Z',
      '2027-07-12T00:00Z',
      ['2027-07-04T08:00:00Z', '2027-07-11T08:00:00Z'],
    ],
    [
      '* * * * * *',
      'UTC',
      '2038-01-19T03:14:06Z',
      '2038-01-19T03:14:10Z',
      [
        '2038-01-19T03:14:06Z',
        '2038-01-19T03:14:07Z',
        '2038-01-19T03:14:08Z',
        '2038-01-19T03:14:09Z',
      ],
    ],
    [
      '0 0 1 1 *',
      'America/New_York',
      '2299-06-01T00:00Z',
      '2301-06-01T00:00Z',
      ['2300-01-01T05:00:00Z', '2301-01-01T05:00:00Z'],
    ],
    [
      '59 59 23 31 12 *',
      'Asia/Kathmandu',
      '2027-01-01T00:00Z',
      '2028-01-01T00:00Z',
      ['2027-12-31T18:14:59Z'],
    ],
    [
      '0 0 * * *',
      'Africa/Monrovia',
      '1971-12-31T12:00Z',
      '1972-01-02T12:00Z',
      ['1972-01-01T00:44:30Z', '1972-01-02T00:44:30Z'],
    ],
  ])('%s in %s from %s until %s', (expression, zone, from, until, expected) => {
    expect(instantsBetween(expression, zone, from, until)).toEqual(expected);
  });
});

const FAMILIAR = [
  '30 2 * * *',
  '0 0 * * *',
  '30 0 * * *',
  '0 1 * * *',
  '30 1 * * *',
  '15,45 1-3 * * *',
  '*/15 * * * *',
  '0 * * * *',
  '30 * * * *',
  '*/20 2 * * *',
  '30 */2 * * *',
  '* * * * *',
  '0 0 * * 0',
  '30 10 * * *',
  '59 23 * * *',
];

describe.each(TRANSITIONS)('around %s (%s)', (_, zone, at) => {
  const middle = Date.parse(at);
  const minutes = walk(zone, middle - 2 * DAY, middle + 2 * DAY, MINUTE);

  test('it is where the table says', () => {
    const wallAt = (ms: number): number => ms + zoneOf(zone).offsetAt(ms);
    expect(wallAt(middle) - wallAt(middle - SECOND)).not.toBe(SECOND);
  });

  test('familiar expressions agree with a walk through every minute', () => {
    for (const expression of FAMILIAR) {
      expectAgreement(expression, zone, minutes, middle - DAY, middle + 2 * DAY);
    }
  });

  test('any expression agrees with a walk through every minute', () => {
    fc.assert(
      fc.property(anyExpression('0'), (expression) => {
        expectAgreement(expression, zone, minutes, middle - DAY, middle + 2 * DAY);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(TRANSITIONS.slice(0, 12))(
  'around %s (%s) expressions by the second agree with a walk through every second',
  (_, zone, at) => {
    const middle = Date.parse(at);
    const seconds = walk(zone, middle - 5 * HOUR, middle + 5 * HOUR, SECOND);
    fc.assert(
      fc.property(anyExpression('any'), (expression) => {
        expectAgreement(expression, zone, seconds, middle - 2 * HOUR, middle + 5 * HOUR);
      }),
      { numRuns: 15 },
    );
  },
);

/** Compares everything that can be asked about (afterMs, untilMs) with the oracle's list. */
function expectAgreement(
  expression: string,
  zone: string,
  steps: ReturnType<typeof walk>,
  afterMs: number,
  untilMs: number,
): void {
  const instants = cronInstants(expression, zoneOf(zone));
  const expected = dueSteps(expression, steps).filter((ms) => ms > afterMs && ms < untilMs);
  const found = listInstants(instants, afterMs, untilMs - 1, 100_000);
  expect(found.map(iso), expression).toEqual(expected.map(iso));
  expect(instants.countIn(afterMs, untilMs - 1), `count of ${expression}`).toBe(expected.length);
  const backwards: number[] = [];
  for (
    let last = instants.lastIn(afterMs, untilMs - 1);
    last !== null && backwards.length < 500;
    last = instants.lastIn(afterMs, last - 1)
  ) {
    backwards.push(last);
  }
  expect(backwards, `backwards ${expression}`).toEqual(expected.slice(-500).reverse());
  const half = Math.floor((afterMs + untilMs) / 2);
  expect(
    instants.countIn(afterMs, half) + instants.countIn(half, untilMs - 1),
    `halves of ${expression}`,
  ).toBe(expected.length);
}

function anyExpression(second: '0' | 'any'): fc.Arbitrary<string> {
  const time = (low: number, high: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: low, max: high }).map(String),
      fc.integer({ min: 2, max: Math.min(high, 30) }).map((step) => `*/${step}`),
      fc
        .tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc
        .uniqueArray(fc.integer({ min: low, max: high }), { minLength: 2, maxLength: 4 })
        .map((values) => values.join(',')),
      fc
        .tuple(fc.integer({ min: low, max: high - 1 }), fc.integer({ min: 1, max: 7 }))
        .map(([from, step]) => `${from}-${high}/${step}`),
    );
  const hour = fc.oneof(
    time(0, 23),
    fc.constantFrom('0', '1', '2', '3', '23', '0-3', '22-23', '*/2'),
  );
  const days = fc.constantFrom(
    '* * *',
    '* * *',
    '* * 0',
    '* * 1-5',
    '1-15 * *',
    '28-31 * 6',
    '*/2 * *',
    '* */2 *',
  );
  const seconds = second === '0' ? fc.constant('0') : time(0, 59);
  return fc.tuple(seconds, time(0, 59), hour, days).map((fields) => fields.join(' '));
}

test('a rare expression in a repeated hour comes in both passes of it', () => {
  const instants = cronInstants('*/30 1 1 11 *', zoneOf('America/New_York'));
  const endOfFirstPass = Date.parse('2026-11-01T05:30:00Z');
  const next = instants.nextAfter(endOfFirstPass);
  expect(next === null ? null : iso(next)).toBe('2026-11-01T06:00:00Z');
});

describe('far away and long', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');

  test('a day that never comes has no instant', () => {
    expect(cronInstants('0 0 30 2 *', zoneOf('UTC')).nextAfter(now)).toBeNull();
    expect(cronInstants('0 0 31 4,6,9,11 *', zoneOf('Europe/Paris')).nextAfter(now)).toBeNull();
  });

  test('the last instant is found over years', () => {
    const leap = cronInstants('0 0 29 2 *', zoneOf('America/New_York'));
    const last = leap.lastIn(Date.parse('2001-01-01T00:00Z'), Date.parse('2027-01-01T00:00Z'));
    expect(last === null ? null : iso(last)).toBe('2024-02-29T05:00:00Z');
  });

  test('ten years of seconds are counted, not walked', () => {
    const instants = cronInstants('* * * * * *', zoneOf('America/New_York'));
    expect(instants.countIn(now, now + 3650 * DAY)).toBe(3650 * 86_400);
  });

  test('fractions of a millisecond or a second neither lose nor repeat an instant', () => {
    const instants = cronInstants('* * * * * *', zoneOf('UTC'));
    expect(instants.nextAfter(now + 0.25)).toBe(now + SECOND);
    expect(instants.nextAfter(now - 0.25)).toBe(now);
    expect(instants.lastIn(now - 10, now + 999.9)).toBe(now);
    expect(instants.countIn(now - 0.5, now + 0.5)).toBe(1);
  });

  test('an instant in a zone shows the named wall time all year', () => {
    const zone = zoneOf('Europe/Lisbon');
    const instants = cronInstants('30 7 * * MON-FRI', zone);
    for (const ms of listInstants(instants, now, now + 366 * DAY, 1000)) {
      expect(formatWallTime(ms, zone)).toMatch(/ 07:30:00$/);
    }
  });
});
