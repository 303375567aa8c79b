import { say, type Sentence } from '../../../shared/sentences.ts';
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
  compare(planId: number, found: RecordFields): readonly Sentence[] {
    if (found.records < FEWEST_RECORDS) return [];
    const before = this.#byPlan.get(planId);
    this.#byPlan.set(planId, found);
    if (before === undefined) return [];
    const present = new Set(found.inAny);
    return before.inAll
      .filter((field) => !present.has(field))
      .map((field) => say('fieldGone', { field: field.slice(0, 200) }));
  }

  forget(planId: number): void {
    this.#byPlan.delete(planId);
  }
}
