import type { RecordFields } from '../validator/field-census.ts';

/** With fewer records on both sides a field may be missing by chance. */
const FEWEST_RECORDS = 20;

/**
 * Remembers which fields the records of each plan had when it was last read, and says when one that all of them had is
 * in none any more: without a schema nothing else would tell.
 */
export class FieldMemory {
  readonly #byPlan = new Map<number, RecordFields>();

  /** Sentences about what is gone since the last read; from now on `found` is what is known. */
  compare(planId: number, found: RecordFields): readonly string[] {
    if (found.records < FEWEST_RECORDS) return [];
    const before = this.#byPlan.get(planId);
    this.#byPlan.set(planId, found);
    if (before === undefined) return [];
    const present = new Set(found.inAny);
    return before.inAll
      .filter((field) => !present.has(field))
      .map(
        (field) =>
          `The field '${field.slice(0, 200)}' is in no record of the first page any more; at the last read all of them had it.`,
      );
  }

  forget(planId: number): void {
    this.#byPlan.delete(planId);
  }
}
