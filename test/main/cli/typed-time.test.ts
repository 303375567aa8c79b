import { expect, it } from 'vitest';
import { typedInstant } from '../../../src/main/cli/typed-time.ts';

const NOW = Date.parse('2026-03-01T10:00:00.000Z');

it.each([
  ['2030-01-31T08:00:00Z', '2030-01-31T08:00:00Z'],
  ['2030-01-31T08:00:00-03:00', '2030-01-31T08:00:00-03:00'],
  ['30s', '2026-03-01T10:00:30.000Z'],
  ['15m', '2026-03-01T10:15:00.000Z'],
  ['15min', '2026-03-01T10:15:00.000Z'],
  ['1H', '2026-03-01T11:00:00.000Z'],
  ['1h30m', '2026-03-01T11:30:00.000Z'],
  ['2d', '2026-03-03T10:00:00.000Z'],
  ['1w', '2026-03-08T10:00:00.000Z'],
])('%s is %s', (typed, instant) => {
  expect(typedInstant(typed, NOW)).toBe(instant);
});

it.each(['', '1', 'h', '0h', '-1h', '1.5h', '1h 30m', '1y', 'tomorrow', '1h30', '999999999w'])(
  '%j is no time',
  (typed) => {
    expect(typedInstant(typed, NOW)).toBeNull();
  },
);
