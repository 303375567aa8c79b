import type { JsonValue } from '../../../shared/values.ts';
import { isObject, type JsonObject } from './document.ts';

/** Follows references inside one document. A reference to another document is never fetched. */
export class References {
  readonly #root: JsonObject;
  /** References that lead out of the document or nowhere, for the report. */
  readonly broken = new Set<string>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** The value itself, or what its reference leads to; `{}` when that is not here. */
  resolve(value: JsonValue | undefined): JsonValue {
    let current: JsonValue = value ?? {};
    for (let hops = 0; hops < 50; hops++) {
      const ref = refOf(current);
      if (ref === null) return current;
      const target: JsonValue | undefined = this.#at(ref);
      if (target === undefined) {
        this.broken.add(ref);
        return {};
      }
      current = target;
    }
    return {};
  }

  #at(ref: string): JsonValue | undefined {
    if (!ref.startsWith('#/')) return undefined;
    let value: JsonValue | undefined = this.#root;
    for (const step of ref.slice(2).split('/')) {
      const name = unescaped(step);
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
        return undefined;
      value = (value as JsonObject)[name];
    }
    return value;
  }
}

export function refOf(value: JsonValue): string | null {
  return isObject(value) && Object.hasOwn(value, '$ref') && typeof value['$ref'] === 'string'
    ? value['$ref']
    : null;
}

function unescaped(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // A percent sign that encodes nothing stands for itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
