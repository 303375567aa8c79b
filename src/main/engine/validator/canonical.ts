import { hash } from 'node:crypto';
import type { JsonValue } from '../../../shared/values.ts';
import { canonicalDecimal } from './decimal.ts';
import { markedDigits } from './exact-json.ts';

/**
 * The canonical text of a record: keys sorted by UTF-16 units, no spaces, every number by its exact decimal value. Two
 * records are the same exactly when these texts are. The text as sent - keys in their order, digits as they came - is
 * made in the same walk, because most of both is the same.
 *
 * The records of a page mostly have the same keys in the same order, so the order is worked out once and remembered
 * per place in the record.
 */
export class RecordWriter {
  readonly #mark: string | null;
  readonly #root: Place = { shape: null };
  #keys = 0;
  /** Text as sent of what was written last; null when it is the canonical one. */
  #sent: string | null = null;
  #canonical = '';

  /** `mark`: of the exact trees that will be given (see exact-json.ts). */
  constructor(mark: string | null) {
    this.#mark = mark;
  }

  write(record: JsonValue): void {
    this.#canonical = this.#write(record, this.#root);
  }

  get canonical(): string {
    return this.#canonical;
  }

  /** Without spaces; everything else as sent. */
  get sent(): string {
    return this.#sent ?? this.#canonical;
  }

  /** Keys of all objects written so far. */
  get keys(): number {
    return this.#keys;
  }

  #write(value: JsonValue, place: Place): string {
    if (typeof value === 'object' && value !== null)
      return isList(value) ? this.#list(value, place) : this.#object(value, place);
    this.#sent = null;
    if (typeof value === 'string') return this.#mark === null ? quoted(value) : this.#text(value);
    if (typeof value === 'number') return this.#number(value);
    return String(value);
  }

  #text(text: string): string {
    const digits = markedDigits(text, this.#mark);
    if (digits === null) return quoted(text);
    this.#sent = digits;
    return canonicalDecimal(digits);
  }

  /** Doubles stand in a tree only when their shortest spelling was sent; with an exponent that is not canonical. */
  #number(value: number): string {
    const sent = String(value);
    if (!sent.includes('e')) return sent;
    this.#sent = sent;
    return canonicalDecimal(sent);
  }

  #list(list: readonly JsonValue[], place: Place): string {
    let canonical = '';
    let sent: string | null = null;
    for (let index = 0; index < list.length; index++) {
      const head = index === 0 ? '[' : ',';
      const text = this.#write(list[index] ?? null, place);
      sent = this.#grown(sent, canonical, head, text);
      canonical += head + text;
    }
    this.#sent = sent === null ? null : `${sent}]`;
    return list.length === 0 ? '[]' : `${canonical}]`;
  }

  #object(object: { readonly [key: string]: JsonValue }, place: Place): string {
    const keys = Object.keys(object);
    this.#keys += keys.length;
    if (keys.length === 0) {
      this.#sent = null;
      return '{}';
    }
    let shape = place.shape;
    if (shape === null || !sameList(shape.keys, keys)) {
      shape = shapeOf(keys);
      place.shape = shape;
    }
    return shape.inOrder ? this.#sorted(object, shape) : this.#unsorted(object, shape);
  }

  #sorted(object: { readonly [key: string]: JsonValue }, { members }: Shape): string {
    let canonical = '';
    let sent: string | null = null;
    for (const { key, place, head } of members) {
      const text = this.#write(object[key] ?? null, place);
      sent = this.#grown(sent, canonical, head, text);
      canonical += head + text;
    }
    this.#sent = sent === null ? null : `${sent}}`;
    return `${canonical}}`;
  }

  #unsorted(
    object: { readonly [key: string]: JsonValue },
    { members, texts, heads }: Shape,
  ): string {
    let sent = '';
    for (const { key, place, head, rank } of members) {
      const text = this.#write(object[key] ?? null, place);
      sent += head + (this.#sent ?? text);
      texts[rank] = text;
    }
    let canonical = '';
    for (let rank = 0; rank < heads.length; rank++)
      canonical += (heads[rank] ?? '') + (texts[rank] ?? '');
    this.#sent = `${sent}}`;
    return `${canonical}}`;
  }

  /** The text as sent, one part longer; it begins where the two texts first differ. */
  #grown(sent: string | null, canonical: string, head: string, text: string): string | null {
    if (this.#sent !== null) return (sent ?? canonical) + head + this.#sent;
    return sent === null ? null : sent + head + text;
  }
}

/** First 16 bytes of the SHA-256 of a text, as hex. */
export function contentHash(content: string): string {
  return hash('sha256', content, 'hex').slice(0, 32);
}

/** What was learnt about the objects at one place of a record. */
interface Place {
  shape: Shape | null;
}

interface Shape {
  readonly keys: readonly string[];
  readonly inOrder: boolean;
  /** In the order in which the keys were sent. */
  readonly members: readonly Member[];
  /** In canonical order: what stands before each value, and room for the values while they are written. */
  readonly heads: readonly string[];
  readonly texts: string[];
}

interface Member {
  readonly key: string;
  readonly place: Place;
  /** What stands before the value: `{"id":` or `,"name":`. */
  readonly head: string;
  /** Position in canonical order. */
  readonly rank: number;
}

function shapeOf(keys: readonly string[]): Shape {
  const sorted = [...keys].sort();
  const ranks = new Map(sorted.map((key, rank) => [key, rank]));
  return {
    keys,
    inOrder: sameList(keys, sorted),
    members: keys.map((key, index) => ({
      key,
      place: { shape: null },
      head: headOf(key, index),
      rank: ranks.get(key) ?? 0,
    })),
    heads: sorted.map(headOf),
    texts: sorted.map(() => ''),
  };
}

function headOf(key: string, index: number): string {
  return `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

// Quotes, backslashes, control characters and surrogates (which may be alone) are left to JSON.stringify.
// eslint-disable-next-line no-control-regex
const NEEDS_CARE = /[\u0000-\u001f"\\\ud800-\udfff]/;

function quoted(text: string): string {
  return NEEDS_CARE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
