import type { Integration } from '../../../shared/integration.ts';

export type Incremental = NonNullable<Integration['incremental']>;

/**
 * The value that asks for what is new since the watermark, in the declared format and moved back by the overlap; null
 * when there is neither watermark nor initial value. Pure.
 */
export function sinceValue(incremental: Incremental, watermark: string | null): string | null {
  if (watermark === null) return incremental.initial;
  return incremental.overlapMs === 0 ? watermark : movedBack(incremental, watermark);
}

function movedBack({ format, overlapMs }: Incremental, watermark: string): string {
  switch (format) {
    case 'iso': {
      const at = Date.parse(watermark);
      return Number.isNaN(at) ? watermark : new Date(at - overlapMs).toISOString();
    }
    case 'epoch-s':
      return minus(watermark, overlapMs / 1000);
    case 'epoch-ms':
      return minus(watermark, overlapMs);
    case 'number':
    case 'text':
      return watermark;
  }
}

function minus(value: string, amount: number): string {
  const number = Number(value);
  return Number.isFinite(number) ? String(number - amount) : value;
}

/** The greater of two marks; null means "none yet". */
export function greaterMark(
  a: string | null,
  b: string | null,
  compare: (a: string, b: string) => number,
): string | null {
  if (a === null || b === null) return a ?? b;
  return compare(b, a) > 0 ? b : a;
}
