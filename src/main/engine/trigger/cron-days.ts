import { Cron } from 'croner';

/**
 * Which days a cron expression names, asked by day number (days since 1970-01-01 on the wall
 * calendar, no zone involved). croner says what `L`, `#`, `W`, names and two set day fields mean;
 * its answers are kept a month at a time as bit masks.
 */
export interface CronDays {
  matches(day: number): boolean;
  /** The first matching day at or after `day`, or null when there is none (such as 30 February). */
  atOrAfter(day: number): number | null;
  /** The last matching day at or before `day`, not before `earliest`. */
  atOrBefore(day: number, earliest: number): number | null;
  /** How many days in [fromDay, untilDay) match. */
  count(fromDay: number, untilDay: number): number;
}

const DAY = 24 * 60 * 60 * 1000;
const MONTHS_KEPT = 64;
/** Beyond this many empty months croner is asked directly instead of month by month. */
const MONTHS_TRIED = 3;

const EVERY_DAY: CronDays = {
  matches: () => true,
  atOrAfter: (day) => day,
  atOrBefore: (day, earliest) => (day >= earliest ? day : null),
  count: (fromDay, untilDay) => Math.max(0, untilDay - fromDay),
};

class MatchingDays implements CronDays {
  readonly #dayFields: string;
  /** Month number (months since 1970-01) to a mask whose bit n is day n + 1. */
  readonly #months = new Map<number, number>();

  constructor(dayFields: string) {
    this.#dayFields = dayFields;
    cronOf(dayFields);
  }

  matches(day: number): boolean {
    const month = monthOf(day);
    return ((this.#mask(month) >>> (day - firstDayOf(month))) & 1) === 1;
  }

  atOrAfter(day: number): number | null {
    const month = monthOf(day);
    for (let tried = 0; tried < MONTHS_TRIED; tried++) {
      const first = firstDayOf(month + tried);
      const skipped = Math.max(0, day - first);
      const mask = (this.#mask(month + tried) >>> skipped) << skipped;
      if (mask !== 0) return first + lowestBit(mask);
    }
    const resumeAt = firstDayOf(month + MONTHS_TRIED) * DAY;
    const next = cronOf(this.#dayFields).nextRun(new Date(resumeAt - 1));
    return next === null ? null : Math.floor(next.getTime() / DAY);
  }

  atOrBefore(day: number, earliest: number): number | null {
    const oldest = monthOf(earliest);
    for (let month = monthOf(day); month >= oldest; month--) {
      const first = firstDayOf(month);
      const kept = Math.min(31, day - first + 1);
      const mask = this.#mask(month) & (kept === 31 ? 0x7fffffff : (1 << kept) - 1);
      if (mask === 0) continue;
      const found = first + highestBit(mask);
      return found >= earliest ? found : null;
    }
    return null;
  }

  count(fromDay: number, untilDay: number): number {
    let count = 0;
    for (let month = monthOf(fromDay); firstDayOf(month) < untilDay; month++) {
      const first = firstDayOf(month);
      const low = Math.max(0, fromDay - first);
      const high = Math.min(31, untilDay - first);
      const upTo = high === 31 ? 0x7fffffff : (1 << high) - 1;
      count += bitCount(((this.#mask(month) & upTo) >>> low) << low);
    }
    return count;
  }

  #mask(month: number): number {
    let mask = this.#months.get(month);
    if (mask !== undefined) return mask;
    mask = 0;
    const cron = cronOf(this.#dayFields);
    const start = firstDayOf(month) * DAY;
    const end = firstDayOf(month + 1) * DAY;
    let next = cron.nextRun(new Date(start - 1));
    while (next !== null && next.getTime() < end) {
      mask |= 1 << ((next.getTime() - start) / DAY);
      next = cron.nextRun(next);
    }
    if (this.#months.size >= MONTHS_KEPT) this.#months.clear();
    this.#months.set(month, mask);
    return mask;
  }
}

function monthOf(day: number): number {
  const date = new Date(day * DAY);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function firstDayOf(month: number): number {
  return Date.UTC(1970, month, 1) / DAY;
}

const lowestBit = (mask: number): number => 31 - Math.clz32(mask & -mask);
const highestBit = (mask: number): number => 31 - Math.clz32(mask);

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** A croner instance weighs 80 KB, so it is made again when needed rather than kept for each job. */
const CRONS_KEPT = 32;
const crons = new Map<string, Cron>();

function cronOf(dayFields: string): Cron {
  let cron = crons.get(dayFields);
  if (cron === undefined) {
    cron = new Cron(`0 0 0 ${dayFields}`, { utcOffset: 0, mode: '6-part' });
    if (crons.size >= CRONS_KEPT) crons.clear();
    crons.set(dayFields, cron);
  }
  return cron;
}

const RULES_KEPT = 4096;
const rules = new Map<string, CronDays>();

/**
 * The days named by the last three fields of an expression, such as `* * MON-FRI`. Throws
 * croner's TypeError or RangeError when they mean nothing.
 */
export function cronDays(dayFields: string): CronDays {
  const key = dayFields.toUpperCase().replaceAll('?', '*');
  if (key === '* * *') return EVERY_DAY;
  let days = rules.get(key);
  if (days === undefined) {
    days = new MatchingDays(key);
    if (rules.size >= RULES_KEPT) rules.clear();
    rules.set(key, days);
  }
  return days;
}
