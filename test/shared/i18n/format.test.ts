import { describe, expect, it } from 'vitest';
import { createFormat } from '../../../src/shared/i18n/index.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const en = createFormat('en');
const pt = createFormat('pt-BR');

it('writes a day as short as the language allows', () => {
  expect(en.dayShort(now)).toBe('11/20');
  expect(pt.dayShort(now)).toBe('20/11');
});

describe('createFormat', () => {
  it.each([
    [0, 'now', 'agora'],
    [-5_000, '5 seconds ago', 'há 5 segundos'],
    [90_000, 'in 1 minute', 'em 1 minuto'],
    [-7_200_000, '2 hours ago', 'há 2 horas'],
    [86_400_000, 'tomorrow', 'amanhã'],
    [-400 * 86_400_000, 'last year', 'ano passado'],
  ])('says how far %i ms away is', (distance, english, portuguese) => {
    expect(en.relative(now + distance, now)).toBe(english);
    expect(pt.relative(now + distance, now)).toBe(portuguese);
  });

  it('counts days of the calendar: the day after tomorrow is not tomorrow', () => {
    const evening = new Date(2026, 10, 21, 21, 16).getTime();
    expect(en.relative(new Date(2026, 10, 23, 8, 0).getTime(), evening)).toBe('in 2 days');
    expect(en.relative(new Date(2026, 10, 22, 21, 30).getTime(), evening)).toBe('tomorrow');
  });

  it('never says this month or this year for what is a month or a year away', () => {
    expect(en.relative(now - 30.2 * 86_400_000, now)).toBe('30 days ago');
    expect(en.relative(now - 31 * 86_400_000, now)).toBe('last month');
    expect(en.relative(now - 366 * 86_400_000, now)).toBe('last year');
  });

  it('leaves the day out when it is today in the zone that is shown', () => {
    expect(en.exact('2026-11-20T03:30:00.000Z', now, 'UTC')).toBe('03:30:00');
    expect(en.exact('2026-11-20T02:30:00.000Z', now, 'America/Sao_Paulo')).toMatch(/19.*23:30/);
  });

  it('names the year when it is far away', () => {
    expect(en.exact('2024-01-31T10:00:00.000Z', now, 'UTC')).toMatch(/2024/);
    expect(en.exact('2026-12-31T10:00:00.000Z', now, 'UTC')).not.toMatch(/2026/);
  });

  it.each([
    [0.42, '0.42 ms', '0,42 ms'],
    [7.25, '7.3 ms', '7,3 ms'],
    [123.4, '123 ms', '123 ms'],
    [1250, '1.25 s', '1,25 s'],
    [59_900, '59.9 s', '59,9 s'],
    [200_000, '3 min 20 s', '3 min 20 s'],
    [7_200_000, '2 h', '2 h'],
    [90_000_000, '1 d 1 h', '1 d 1 h'],
  ])('writes %d ms in the unit that fits', (ms, english, portuguese) => {
    expect(en.duration(ms)).toBe(english);
    expect(pt.duration(ms)).toBe(portuguese);
  });

  it('never says 60 s or 60 min', () => {
    expect(en.duration(59_999.9)).toBe('1 min');
    expect(en.duration(3_599_900)).toBe('1 h');
  });

  it('writes sizes in binary units', () => {
    expect(en.bytes(512)).toBe('512 B');
    expect(en.bytes(1536)).toBe('1.5 KiB');
    expect(pt.bytes(3 * 1024 * 1024)).toBe('3,0 MiB');
  });
});
