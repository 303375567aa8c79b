import { describe, expect, test } from 'vitest';
import { isZoneName, zoneOf } from '../../../../src/main/engine/trigger/zone.ts';
import { TRANSITIONS } from './transitions.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

function offsetByIntl(zone: string, ms: number): number {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return Date.parse(`${format.format(ms).replace(' ', 'T')}Z`) - ms;
}

test('every zone that this machine knows has the offsets that Intl shows', () => {
  for (const name of Intl.supportedValuesOf('timeZone')) {
    const zone = zoneOf(name);
    for (const year of [2011, 2026, 2037]) {
      for (let month = 0; month < 12; month += 2) {
        const ms = Date.UTC(year, month, 15, 10, 20, 30);
        expect(zone.offsetAt(ms), `${name} ${new Date(ms).toISOString()}`).toBe(
          offsetByIntl(name, ms),
        );
      }
    }
  }
});

describe.each(TRANSITIONS)('%s (%s)', (_, name, at) => {
  const zone = zoneOf(name);
  const atMs = Date.parse(at);

  test('is found to the millisecond', () => {
    expect(zone.spanAt(atMs).fromMs).toBe(atMs);
    expect(zone.spanAt(atMs - 1).untilMs).toBe(atMs);
  });

  test('maps every wall time around it to an instant that shows it, or to the end of the gap', () => {
    const wallFrom = atMs + zone.offsetAt(atMs) - 2 * DAY;
    for (let wall = wallFrom; wall < wallFrom + 4 * DAY; wall += HOUR / 4) {
      const earlier = zone.instantOf(wall, 'earlier');
      const later = zone.instantOf(wall, 'later');
      const shown = earlier + zone.offsetAt(earlier);
      if (shown === wall) {
        expect(later + zone.offsetAt(later)).toBe(wall);
        expect(later - earlier).toBeLessThan(DAY);
      } else {
        expect([earlier, later]).toEqual([atMs, atMs]);
        expect(shown).toBeGreaterThan(wall);
      }
    }
  });
});

test('a repeated wall time has two instants', () => {
  const zone = zoneOf('America/New_York');
  const wall = Date.UTC(2026, 10, 1, 1, 30);
  expect(new Date(zone.instantOf(wall, 'earlier')).toISOString()).toBe('2026-11-01T05:30:00.000Z');
  expect(new Date(zone.instantOf(wall, 'later')).toISOString()).toBe('2026-11-01T06:30:00.000Z');
});

test.each([
  ['America/Sao_Paulo', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Asia/Kolkata', true],
  ['Asia/Calcutta', true],
  ['Etc/GMT+3', true],
  ['UTC', true],
  ['GMT', true],
  ['Mars/Olympus', false],
  ['', false],
  ['EST5EDT', false],
  ['EST', false],
  ['CET', false],
  ['+03:00', false],
  ['UTC+3', false],
  ['America/Sao Paulo', false],
  ['America/', false],
  ['../etc/localtime', false],
  ['América/São_Paulo', false],
])('"%s" is a zone name: %s', (name, expected) => {
  expect(isZoneName(name)).toBe(expected);
});
