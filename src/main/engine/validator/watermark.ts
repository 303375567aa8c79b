import type { JsonValue } from '../../../shared/values.ts';
import { canonicalDecimal, canonicalDouble, compareDecimals, isJsonNumber } from './decimal.ts';
import { markedDigits } from './exact-json.ts';
import type { PlanRules } from './page-types.ts';
import { fieldValue, type KeyField } from './record-key.ts';

type Format = NonNullable<PlanRules['incremental']>['format'];

/** Finds the greatest value of the incremental field; values that are not of its format are passed over. */
export class Watermark {
  readonly #field: KeyField;
  readonly #format: Format;
  #greatest: string | null = null;

  constructor(field: KeyField, format: Format) {
    this.#field = field;
    this.#format = format;
  }

  /** As sent, numbers in their exact decimal; null when no record had one. */
  get value(): string | null {
    return this.#greatest;
  }

  /** `record` is an exact tree. */
  offer(record: JsonValue, mark: string | null): void {
    const text = asText(fieldValue(record, this.#field), mark);
    if (text === null || !fits(text, this.#format)) return;
    if (this.#greatest === null || compareMarks(text, this.#greatest, this.#format) > 0)
      this.#greatest = text;
  }
}

/** Orders two values of an incremental field: instants by time, numbers by value, text by its UTF-16 units. */
export function compareMarks(a: string, b: string, format: Format): number {
  switch (format) {
    case 'iso':
      // Instants beyond a millisecond differ in the text alone.
      return instant(a) - instant(b) || (a > b ? 1 : a < b ? -1 : 0);
    case 'text':
      return a > b ? 1 : a < b ? -1 : 0;
    default:
      return compareDecimals(canonicalDecimal(a), canonicalDecimal(b));
  }
}

/** Local times are taken as they stand: what counts is their order, not the zone of this machine. */
function instant(text: string): number {
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) || !/\d:\d/.test(text);
  return Date.parse(hasZone ? text : `${text}Z`);
}

function asText(value: JsonValue | undefined, mark: string | null): string | null {
  if (typeof value === 'number') return canonicalDouble(value);
  if (typeof value !== 'string') return null;
  const digits = markedDigits(value, mark);
  return digits === null ? value : canonicalDecimal(digits);
}

function fits(text: string, format: Format): boolean {
  if (format === 'text') return text !== '';
  if (format === 'iso') return /^\d{4}-/.test(text) && !Number.isNaN(instant(text));
  return isJsonNumber(text);
}
