import type { Locale } from './locale.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How one language writes times, durations and amounts. Instants are ISO 8601 or epoch ms. */
export interface Format {
  /** `in 5 minutes`, `2 hours ago`; within a second: `now`. */
  relative(instant: string | number, now: number): string;
  /** `5 min ago`, where room is short. */
  relativeShort(instant: string | number, now: number): string;
  /** Without the day when it is today: `14:05:09`, else `20 Nov, 14:05`, with the year when it is another one. */
  exact(instant: string | number, now: number, timeZone?: string | null): string;
  /** Always complete: `Fri, 20 Nov 2026, 14:05:09 GMT-3`. */
  full(instant: string | number, timeZone?: string | null): string;
  /** `20 Nov`. */
  day(instant: string | number, timeZone?: string | null): string;
  /** `11/20`, or `20/11` where the day comes first. */
  dayShort(instant: string | number): string;
  /** `14:05`. */
  time(instant: string | number, timeZone?: string | null): string;
  /** Three significant digits in the unit that fits: `12.3 ms`, `1.25 s`, `3 min 20 s`. */
  duration(ms: number): string;
  /** A duration that is still growing, in whole seconds: `12 s`, `3 min 20 s`. */
  elapsed(ms: number): string;
  number(value: number): string;
  /** `1.2M`, for places with little room. */
  compact(value: number): string;
  percent(share: number): string;
  bytes(value: number): string;
  list(items: readonly string[]): string;
}

export function createFormat(locale: Locale): Format {
  const number = new Intl.NumberFormat(locale);
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const digits = [0, 1, 2].map((n) => new Intl.NumberFormat(locale, fixed(n)));
  const decimal = (value: number, places: number) => (digits[places] ?? number).format(value);
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const relative = relativeFormat(new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const relativeShort = relativeFormat(
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' }),
  );
  const dates = dateFormats(locale);
  return {
    relative,
    relativeShort,
    exact: (instant, now, timeZone) => exact(dates, toMs(instant), now, timeZone ?? undefined),
    full: (instant, timeZone) => dates(timeZone ?? undefined).full.format(toMs(instant)),
    day: (instant, timeZone) => dates(timeZone ?? undefined).dayOnly.format(toMs(instant)),
    dayShort: (instant) => dates(undefined).dayShort.format(toMs(instant)),
    time: (instant, timeZone) => dates(timeZone ?? undefined).shortTime.format(toMs(instant)),
    duration: (ms) => duration(ms, decimal),
    elapsed: (ms) =>
      ms < MINUTE ? `${Math.max(0, Math.floor(ms / SECOND))} s` : duration(ms, decimal),
    number: (value) => number.format(value),
    compact: (value) => compact.format(value),
    percent: (share) => percent.format(share),
    bytes: (value) => bytes(value, decimal),
    list: (items) => list.format(items),
  };
}

function toMs(instant: string | number): number {
  return typeof instant === 'number' ? instant : Date.parse(instant);
}

function fixed(places: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: places, maximumFractionDigits: places };
}

const RELATIVE_UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['second', SECOND, MINUTE],
  ['minute', MINUTE, HOUR],
  ['hour', HOUR, DAY],
  ['day', DAY, 30.44 * DAY],
  ['month', 30.44 * DAY, 365.25 * DAY],
  ['year', 365.25 * DAY, Infinity],
];

function relativeFormat(format: Intl.RelativeTimeFormat): Format['relative'] {
  return (instant, now) => {
    const at = toMs(instant);
    const distance = at - now;
    const [unit, size] = RELATIVE_UNITS.find(([, , below]) => Math.abs(distance) < below) ?? [
      'year',
      365.25 * DAY,
    ];
    // `tomorrow` is the next day of the calendar, not what is 24 to 48 hours away.
    const count = unit === 'day' ? calendarDays(now, at) : Math.trunc(distance / size);
    return format.format(count, unit);
  };
}

/** Midnights on this computer's clock between two instants; negative when the second is earlier. */
function calendarDays(from: number, to: number): number {
  return Math.round((midnightBefore(to) - midnightBefore(from)) / DAY);
}

function midnightBefore(instant: number): number {
  return new Date(instant).setHours(0, 0, 0, 0);
}

interface DateFormats {
  readonly time: Intl.DateTimeFormat;
  readonly shortTime: Intl.DateTimeFormat;
  readonly dayOnly: Intl.DateTimeFormat;
  readonly dayShort: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
  readonly dayOfYear: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
}

/** Formats are costly to make: one set a time zone. */
function dateFormats(locale: Locale): (timeZone: string | undefined) => DateFormats {
  const made = new Map<string | undefined, DateFormats>();
  return (timeZone) => {
    const known = made.get(timeZone);
    if (known) return known;
    const create = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(locale, {
        hourCycle: 'h23',
        ...options,
        ...(timeZone === undefined ? {} : { timeZone }),
      });
    const formats = createDateFormats(create);
    made.set(timeZone, formats);
    return formats;
  };
}

function createDateFormats(
  create: (options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat,
): DateFormats {
  const shortTime = { hour: '2-digit', minute: '2-digit' } as const;
  const time = { ...shortTime, second: '2-digit' } as const;
  const day = { day: 'numeric', month: 'short' } as const;
  const year = { year: 'numeric' } as const;
  return {
    time: create(time),
    shortTime: create(shortTime),
    dayOnly: create(day),
    dayShort: create({ day: 'numeric', month: 'numeric' }),
    day: create({ ...day, ...shortTime }),
    dayOfYear: create({ ...day, ...year, ...shortTime }),
    full: create({ weekday: 'short', ...day, ...year, ...time, timeZoneName: 'short' }),
    date: create({ day: '2-digit', month: '2-digit', year: 'numeric' }),
  };
}

function exact(
  dates: (timeZone: string | undefined) => DateFormats,
  instant: number,
  now: number,
  timeZone: string | undefined,
): string {
  const formats = dates(timeZone);
  if (formats.date.format(instant) === formats.date.format(now))
    return formats.time.format(instant);
  const isNear = Math.abs(instant - now) < 180 * DAY;
  return (isNear ? formats.day : formats.dayOfYear).format(instant);
}

function duration(ms: number, decimal: (value: number, places: number) => string): string {
  if (ms < 10) return `${decimal(ms, ms < 1 ? 2 : 1)} ms`;
  if (ms < SECOND - 0.5) return `${decimal(ms, 0)} ms`;
  if (ms < 10 * SECOND) return `${decimal(ms / SECOND, 2)} s`;
  if (ms < MINUTE - 50) return `${decimal(ms / SECOND, 1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 3600) return parts(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(ms / MINUTE);
  if (minutes < 24 * 60) return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(ms / HOUR);
  return parts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function parts(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function bytes(value: number, decimal: (value: number, places: number) => string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let amount = value;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${decimal(amount, unit === 0 || amount >= 100 ? 0 : 1)} ${units[unit] ?? 'B'}`;
}
