import { describe, expect, it } from 'vitest';
import {
  modeOf,
  SCHEDULE_MODES,
  scheduleInMode,
} from '../../../src/renderer/schedule/schedule-mode.ts';
import { scheduleSchema, type Schedule } from '../../../src/shared/schedule.ts';

const now = Date.parse('2026-11-20T12:34:56.000Z');
const cron: Schedule = { kind: 'cron', expression: '0 18 * * *', timeZone: 'Europe/Lisbon' };

describe('schedule modes', () => {
  it.each([...SCHEDULE_MODES])('%s starts from a schedule of the contract', (mode) => {
    const schedule = scheduleInMode(mode, { kind: 'manual' }, now);
    expect(scheduleSchema.safeParse(schedule).success).toBe(true);
    if (mode !== 'cron') expect(modeOf(schedule)).toBe(mode);
  });

  it('keep the zone and the expression where both fit', () => {
    expect(scheduleInMode('cron', cron, now)).toEqual(cron);
    expect(scheduleInMode('at', cron, now)).toEqual(cron);
    expect(scheduleInMode('once', cron, now)).toMatchObject({ timeZone: 'Europe/Lisbon' });
  });

  it('show a plain time of day as such and anything more as cron', () => {
    expect(modeOf(cron)).toBe('at');
    expect(modeOf({ ...cron, expression: '*/5 8-19 * * MON-FRI' })).toBe('cron');
  });

  it('propose a one-time that still lies ahead', () => {
    const schedule = scheduleInMode('once', cron, now);
    if (schedule.kind !== 'one-time') throw new Error('expected a one-time');
    expect(new Date(schedule.at).getTime()).toBeGreaterThan(now);
  });
});
