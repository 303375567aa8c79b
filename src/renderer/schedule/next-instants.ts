import type { Preview } from './schedule-preview.svelte.ts';

export interface NextInstant {
  readonly at: string;
  /** `GMT-3` in the zone that is shown. */
  readonly offset: string;
  readonly mark: NonNullable<Preview['dst'][number]> | 'shift' | null;
}

/** The instants with what daylight saving does to them, and where the clocks change between two of them. */
export function nextInstants(
  { instants, dst }: Pick<Preview, 'instants' | 'dst'>,
  timeZone: string | null,
): NextInstant[] {
  const format = new Intl.DateTimeFormat('en', {
    timeZoneName: 'shortOffset',
    ...(timeZone === null ? {} : { timeZone }),
  });
  const offsets = instants.map((at) => offsetAt(format, at));
  return instants.map((at, index) => {
    const offset = offsets[index] ?? '';
    const isShifted = index > 0 && offset !== offsets[index - 1];
    return { at, offset, mark: dst[index] ?? (isShifted ? 'shift' : null) };
  });
}

function offsetAt(format: Intl.DateTimeFormat, at: string): string {
  const parts = format.formatToParts(Date.parse(at));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}
