import type { JsonValue } from '../../../shared/values.ts';

/** Which fields the first records of a page have, at their top. */
export interface RecordFields {
  /** Records that were looked at. */
  readonly records: number;
  readonly inAll: readonly string[];
  readonly inAny: readonly string[];
}

export const NO_FIELDS: RecordFields = { records: 0, inAll: [], inAny: [] };

/** So many tell what is usual. */
const MOST_RECORDS = 100;
/** Records whose keys are data themselves say nothing here. */
const MOST_FIELDS = 500;

/** Counts the fields of records as they pass. */
export class FieldCensus {
  readonly #counts = new Map<string, number>();
  #records = 0;

  add(record: JsonValue): void {
    if (this.#records >= MOST_RECORDS || this.#counts.size > MOST_FIELDS) return;
    if (typeof record !== 'object' || record === null || Array.isArray(record)) return;
    this.#records++;
    for (const field of Object.keys(record))
      this.#counts.set(field, (this.#counts.get(field) ?? 0) + 1);
  }

  get fields(): RecordFields {
    if (this.#records === 0 || this.#counts.size > MOST_FIELDS) return NO_FIELDS;
    const inAny = [...this.#counts.keys()];
    const inAll = inAny.filter((field) => this.#counts.get(field) === this.#records);
    return { records: this.#records, inAll, inAny };
  }
}
