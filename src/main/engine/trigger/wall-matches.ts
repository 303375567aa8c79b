import type { CronDays } from './cron-days.ts';
import type { FieldValues } from './cron-fields.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;
const SECONDS_A_DAY = 86_400;

/**
 * The wall-clock times that a cron expression names, on a calendar without zones: wall times are
 * ms as if they were UTC. The times of one day are numbered 0..n-1, so counting them is
 * arithmetic: an every-second expression costs no more than a yearly one.
 */
export class WallMatches {
  readonly #seconds: FieldValues;
  readonly #minutes: FieldValues;
  readonly #hours: FieldValues;
  readonly #days: CronDays;
  readonly #perDay: number;

  constructor(seconds: FieldValues, minutes: FieldValues, hours: FieldValues, days: CronDays) {
    this.#seconds = seconds;
    this.#minutes = minutes;
    this.#hours = hours;
    this.#days = days;
    this.#perDay = seconds.length * minutes.length * hours.length;
  }

  /** The first matching wall time at or after `wallMs`, or null when there is none. */
  atOrAfter(wallMs: number): number | null {
    const day = Math.floor(wallMs / DAY);
    const earlier = this.#timesBefore(wallMs - day * DAY);
    if (earlier < this.#perDay && this.#days.matches(day)) return this.#nth(day, earlier);
    const nextDay = this.#days.atOrAfter(day + 1);
    return nextDay === null ? null : this.#nth(nextDay, 0);
  }

  /** The last matching wall time in [earliestMs, wallMs), or null when there is none. */
  before(wallMs: number, earliestMs: number): number | null {
    if (earliestMs >= wallMs) return null;
    const day = Math.floor(wallMs / DAY);
    const earlier = this.#timesBefore(wallMs - day * DAY);
    const found =
      earlier > 0 && this.#days.matches(day)
        ? this.#nth(day, earlier - 1)
        : this.#lastOfDays(day - 1, Math.floor(earliestMs / DAY));
    return found !== null && found >= earliestMs ? found : null;
  }

  /** How many matching wall times lie in [fromMs, untilMs). */
  count(fromMs: number, untilMs: number): number {
    if (fromMs >= untilMs) return 0;
    const fromDay = Math.floor(fromMs / DAY);
    const untilDay = Math.floor(untilMs / DAY);
    let count = this.#days.count(fromDay, untilDay) * this.#perDay;
    if (this.#days.matches(fromDay)) count -= this.#timesBefore(fromMs - fromDay * DAY);
    if (this.#days.matches(untilDay)) count += this.#timesBefore(untilMs - untilDay * DAY);
    return count;
  }

  #lastOfDays(day: number, earliestDay: number): number | null {
    const found = this.#days.atOrBefore(day, earliestDay);
    return found === null ? null : this.#nth(found, this.#perDay - 1);
  }

  /** How many times of a matching day come before this many ms after midnight. */
  #timesBefore(sinceMidnightMs: number): number {
    const limit = Math.ceil(sinceMidnightMs / SECOND);
    if (limit >= SECONDS_A_DAY) return this.#perDay;
    const [hour, minute, second] = [
      Math.floor(limit / 3600),
      Math.floor(limit / 60) % 60,
      limit % 60,
    ];
    const hours = countBelow(this.#hours, hour);
    const perHour = this.#minutes.length * this.#seconds.length;
    if (this.#hours[hours] !== hour) return hours * perHour;
    const minutes = countBelow(this.#minutes, minute);
    const whole = hours * perHour + minutes * this.#seconds.length;
    return this.#minutes[minutes] === minute ? whole + countBelow(this.#seconds, second) : whole;
  }

  #nth(day: number, index: number): number {
    const perMinute = this.#seconds.length;
    const perHour = this.#minutes.length * perMinute;
    const hour = valueAt(this.#hours, Math.floor(index / perHour));
    const minute = valueAt(this.#minutes, Math.floor((index % perHour) / perMinute));
    const second = valueAt(this.#seconds, index % perMinute);
    return day * DAY + (hour * 3600 + minute * 60 + second) * SECOND;
  }
}

function countBelow(values: FieldValues, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(values, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function valueAt(values: FieldValues, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No value number ${index} in a cron field.`);
  return value;
}
