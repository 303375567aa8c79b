import { instantInputSchema } from '../../shared/values.ts';
import { toIso } from '../engine/clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS_MS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
};
const DURATION = /^(?:\d{1,9}(?:s|min|m|h|d|w))+$/;
/** Beyond this a number of milliseconds names no date. */
const LATEST_MS = 8.64e15;

/** A point in time as typed, in ISO 8601: a date and time itself, or how long from now, such as `90m` or `1h30m`. */
export function typedInstant(text: string, now: number): string | null {
  if (instantInputSchema.safeParse(text).success) return text;
  const durationMs = typedDurationMs(text);
  if (durationMs === null || now + durationMs > LATEST_MS) return null;
  return toIso(now + durationMs);
}

/** `1h30m` in ms; null when it names no duration, or none at all. */
function typedDurationMs(text: string): number | null {
  const typed = text.toLowerCase();
  if (!DURATION.test(typed)) return null;
  let sum = 0;
  for (const [, count, unit = ''] of typed.matchAll(/(\d+)(\D+)/g))
    sum += Number(count) * (UNITS_MS[unit] ?? NaN);
  return sum > 0 ? sum : null;
}
