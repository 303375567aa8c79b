import type { Zone } from './zone.ts';

const HAS_OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/**
 * The instant of an ISO 8601 date and time: absolute with `Z` or an offset, otherwise the wall
 * clock of `zone` (skipped times: the first instant after the gap; repeated ones: the first).
 * NaN when the text is no date and time.
 */
export function parseTime(text: string, zone: Zone): number {
  if (HAS_OFFSET.test(text)) return Date.parse(text);
  const wallMs = Date.parse(`${text}Z`);
  return Number.isNaN(wallMs) ? NaN : zone.instantOf(wallMs);
}

/** `2027-03-14 03:00:00` on the wall clock of `zone`; milliseconds only when there are any. */
export function formatWallTime(ms: number, zone: Zone): string {
  const iso = new Date(ms + zone.offsetAt(ms)).toISOString();
  return iso.replace('T', ' ').replace(/(?:\.000)?Z$/, '');
}
