import { hash } from 'node:crypto';
import type { JsonValue } from '../../../shared/values.ts';
import { canonicalDecimal, canonicalDouble } from './decimal.ts';
import { markedDigits } from './exact-json.ts';

/**
 * The canonical text of a record: keys sorted by UTF-16 units, no spaces, every number by its exact decimal value. Two
 * records are the same exactly when these texts are.
 *
 * The records of a page mostly have the same keys in the same order, so the order is worked out once and remembered
 * per place in the record.
 */
export class Canonicalizer {
  readonly #mark: string | null;
  readonly #root: Place = { shape: null };
  #keys = 0;
  #asSent = true;

  /** `mark`: of the exact trees that will be given (see exact-json.ts). */
  constructor(mark: string | null) {
    this.#mark = mark;
  }

  /** Keys of all objects seen so far. */
  get keys(): number {
    return this.#keys;
  }

  /** True when the last text is also what `JSON.stringify` gives. */
  get wasAsSent(): boolean {
    return this.#asSent;
  }

  text(value: JsonValue): string {
    this.#asSent = this.#mark === null;
    return this.#write(value, this.#root);
  }

  #write(value: JsonValue, place: Place): string {
    if (typeof value === 'string') {
      const digits = markedDigits(value, this.#mark);
      return digits === null ? quoted(value) : canonicalDecimal(digits);
    }
    if (typeof value === 'number') return this.#number(value);
    if (value === null || typeof value === 'boolean') return String(value);
    if (isList(value)) return this.#list(value, place);
    return this.#object(value, place);
  }

  #number(value: number): string {
    const text = canonicalDouble(value);
    if ((value >= 1e21 || value <= -1e21 || (value < 1e-6 && value > -1e-6)) && value !== 0)
      this.#asSent = false;
    return text;
  }

  #list(list: readonly JsonValue[], place: Place): string {
    if (list.length === 0) return '[]';
    let text = '[';
    for (let index = 0; index < list.length; index++) {
      if (index > 0) text += ',';
      text += this.#write(list[index] ?? null, place);
    }
    return text + ']';
  }

  #object(object: { readonly [key: string]: JsonValue }, place: Place): string {
    const keys = Object.keys(object);
    const count = keys.length;
    this.#keys += count;
    if (count === 0) return '{}';
    let shape = place.shape;
    if (shape === null || !sameList(shape.keys, keys)) {
      shape = shapeOf(keys);
      place.shape = shape;
    }
    if (!shape.inOrder) this.#asSent = false;
    let text = '';
    for (const member of shape.members) {
      text += member.head + this.#write(object[member.key] ?? null, member.place);
    }
    return text + '}';
  }
}

/** First 16 bytes of the SHA-256 of a text or of bytes, as hex. */
export function contentHash(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex').slice(0, 32);
}

/** What was learnt about the objects at one place of a record. */
interface Place {
  shape: Shape | null;
}

interface Shape {
  readonly keys: readonly string[];
  readonly inOrder: boolean;
  /** In canonical order. `head` is what stands before the value: `{"id":` or `,"name":`. */
  readonly members: readonly {
    readonly key: string;
    readonly head: string;
    readonly place: Place;
  }[];
}

function shapeOf(keys: readonly string[]): Shape {
  const sorted = [...keys].sort();
  return {
    keys,
    inOrder: sameList(keys, sorted),
    members: sorted.map((key, index) => ({
      key,
      head: `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`,
      place: { shape: null },
    })),
  };
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
