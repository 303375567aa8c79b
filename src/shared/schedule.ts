import { z } from 'zod';
import { refusals } from './i18n/en/refusals.ts';

/**
 * When a job is due, as a person writes it down. These schemas know shapes only; whether an
 * expression, a zone or a date means something is judged by the engine's `validateSchedule`,
 * which is also the code that computes the instants.
 */

/** The shortest period of a fixed-rate schedule, in ms. */
export const SHORTEST_PERIOD_MS = 100;
/** The longest period or delay of a schedule, in ms: a hundred years. */
export const LONGEST_PERIOD_MS = 100 * 365.25 * 24 * 60 * 60 * 1000;
/** The longest cron expression that is looked at, in characters. */
export const LONGEST_EXPRESSION = 256;
/** The largest random delay of a job, in ms: one day. */
export const LONGEST_JITTER_MS = 24 * 60 * 60 * 1000;
/** How far in the past a one-time may lie at most and still run, at once, in ms. */
export const LATEST_ONE_TIME_MS = 5 * 60 * 1000;
/** The most windows in which one job is kept silent. */
export const MOST_BLACKOUTS = 100;

/**
 * An ISO 8601 date and time. With `Z` or an offset it is one instant everywhere; without, it is
 * the wall clock of the schedule's time zone (`null` = the machine's).
 */
export const scheduleTimeSchema = z.iso.datetime({
  offset: true,
  local: true,
  error: refusals.dateTimeExpected,
});

/** An IANA time zone, or null for the machine's own. */
export const timeZoneSchema = z.string().max(64, refusals.zoneExpected).nullable().default(null);

/** Random but repeatable delay added to each instant, 0 to this many ms. */
export const jitterMsSchema = z.int().min(0).max(LONGEST_JITTER_MS).default(0);

const periodMs = z
  .int()
  .min(SHORTEST_PERIOD_MS, refusals.periodTooShort)
  .max(LONGEST_PERIOD_MS, refusals.periodTooLong);

const cronScheduleSchema = z.strictObject({
  kind: z.literal('cron'),
  expression: z
    .string()
    .max(LONGEST_EXPRESSION, `A cron expression has at most ${LONGEST_EXPRESSION} characters.`),
  timeZone: timeZoneSchema,
});

/** `timeZone` gives the meaning of a `startAt` without offset, and of the blackouts. */
const fixedRateScheduleSchema = z.strictObject({
  kind: z.literal('fixed-rate'),
  everyMs: periodMs,
  startAt: scheduleTimeSchema.nullable().default(null),
  timeZone: timeZoneSchema,
});

const fixedDelayScheduleSchema = z.strictObject({
  kind: z.literal('fixed-delay'),
  delayMs: z.int().min(0, refusals.delayNegative).max(LONGEST_PERIOD_MS, refusals.periodTooLong),
  timeZone: timeZoneSchema,
});

const oneTimeScheduleSchema = z.strictObject({
  kind: z.literal('one-time'),
  at: scheduleTimeSchema,
  timeZone: timeZoneSchema,
});

const manualScheduleSchema = z.strictObject({ kind: z.literal('manual') });

export const scheduleSchema = z.discriminatedUnion('kind', [
  cronScheduleSchema,
  fixedRateScheduleSchema,
  fixedDelayScheduleSchema,
  oneTimeScheduleSchema,
  manualScheduleSchema,
]);

/** In the order of `Date.getUTCDay()`. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export const weekdaySchema = z.enum(WEEKDAYS);

const wallTime = z
  .string()
  .regex(/^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/, refusals.timeExpected);

/**
 * A window of wall-clock time in which a job stays silent. `days` and `dates` name the days on
 * which the window *begins*; both empty means every day. From `from` (inclusive) to `to`
 * (exclusive); a `to` that is not after `from` lies on the next day, so `from` = `to` is 24 hours.
 */
export const blackoutSchema = z.strictObject({
  days: z.array(weekdaySchema).max(7).default([]),
  from: wallTime.default('00:00'),
  to: wallTime.default('24:00'),
  dates: z.array(z.iso.date(refusals.dateExpected)).max(1000).default([]),
});

export const blackoutsSchema = z.array(blackoutSchema).max(MOST_BLACKOUTS).default([]);

/** What is made of the instants that passed while nothing could run. */
export const missedPolicySchema = z.enum(['run-latest', 'run-all', 'skip']);

/** `withinMs`: an instant older than this is not caught up with; null = no limit. */
export const missedRunsSchema = z.strictObject({
  policy: missedPolicySchema.default('run-latest'),
  withinMs: z.int().min(0).nullable().default(null),
});

export type Schedule = Readonly<z.output<typeof scheduleSchema>>;
export type ScheduleInput = z.input<typeof scheduleSchema>;
export type ScheduleKind = Schedule['kind'];
export type CronSchedule = Readonly<z.output<typeof cronScheduleSchema>>;
export type FixedRateSchedule = Readonly<z.output<typeof fixedRateScheduleSchema>>;
export type FixedDelaySchedule = Readonly<z.output<typeof fixedDelayScheduleSchema>>;
export type OneTimeSchedule = Readonly<z.output<typeof oneTimeScheduleSchema>>;
export type Weekday = z.output<typeof weekdaySchema>;
export type Blackout = Readonly<z.output<typeof blackoutSchema>>;
export type MissedPolicy = z.output<typeof missedPolicySchema>;
export type MissedRuns = Readonly<z.output<typeof missedRunsSchema>>;

/**
 * Up to when the instants of a schedule count as dealt with, when it comes into force at `nowMs`.
 * That very moment may be due: a fixed rate or delay without a start of its own begins with it.
 * A one-time has a single instant, which may lie a little in the past and still has to come.
 */
export function initialCoverage(schedule: Schedule, nowMs: number): number {
  return schedule.kind === 'one-time' ? nowMs - LATEST_ONE_TIME_MS - 1 : nowMs - 1;
}
