import type { HeldBack } from '../../../../shared/run.ts';
import type { Op, VanishLimit } from '../ops.ts';
import type { IntegrationStates } from './integration-states.ts';
import type { KnownReads } from './known-reads.ts';
import type { Reading, Readings, ReadPage } from './readings.ts';
import type { Records } from './records.ts';
import type { RunRecord } from '../run-record.ts';

type ReadComplete = Extract<Op, { kind: 'read.complete' }>;

/** The end of a complete read: what vanished, and what is known of its pages for the next one. */
export class CompleteReads {
  readonly #records: Records;
  readonly #states: IntegrationStates;
  readonly #readings: Readings;
  readonly #known: KnownReads;

  constructor(records: Records, states: IntegrationStates, readings: Readings, known: KnownReads) {
    this.#records = records;
    this.#states = states;
    this.#readings = readings;
    this.#known = known;
  }

  /** `runs` are the siblings whose union was read, of one job. */
  complete(
    op: ReadComplete,
    job: number,
    integration: number,
    runs: readonly RunRecord[],
  ): { readonly vanished: number; readonly heldBack: HeldBack | null } {
    const isAsked = op.markVanished || op.keepValidators;
    const readings = isAsked ? runs.map((run) => this.#readings.of(run.seq, false)) : [];
    const state = this.#states.of(integration);
    const isKnown = readings.every((reading) => !reading.hasUnknownPage);
    const last = runs.at(-1);
    const seen = op.markVanished && isKnown && last ? unionOf(readings) : null;
    const heldBack = seen && tooMany(op.vanishLimit, state.live - seen.size, state.live);
    const vanished =
      seen && last && !heldBack ? this.#markVanished(integration, seen, last.seq, op.at) : 0;
    // What is held back was not seen, and is not known to be gone.
    if (!heldBack) state.lastCompleteAt = op.at;
    if (vanished > 0) {
      state.live -= vanished;
      state.writes++;
    }
    this.#states.changed(integration);
    if (op.keepValidators) this.#known.keep(job, integration, state.writes, pagesOf(readings));
    for (const run of runs) this.#readings.drop(run.seq);
    return { vanished, heldBack };
  }

  #markVanished(integration: number, seen: ReadonlySet<number>, run: number, at: number): number {
    // Whatever was seen is alive, so equal numbers mean that nothing is missing.
    if (this.#states.of(integration).live === seen.size) return 0;
    const missing = this.#records.liveIds(integration).filter((id) => !seen.has(id));
    for (const id of missing) this.#records.vanish(id, run, at);
    return missing.length;
  }
}

/** Whatever was seen is alive, so the numbers alone tell how many are missing. */
function tooMany(limit: VanishLimit | undefined, missing: number, live: number): HeldBack | null {
  if (!limit || missing * 100 <= live * limit.percent) return null;
  return { vanished: missing, of: live, why: limit.why };
}

/**
 * The pages of siblings. Where two of them brought the same record, one may have said otherwise of it than the other,
 * so their pages are not taken for what is stored.
 */
function pagesOf(readings: readonly Reading[]): ReadPage[] {
  const pages = readings.flatMap((reading) => [...reading.pages.values()]);
  if (readings.length === 1) return pages;
  const inSeveral = new Set<number>();
  const seen = new Set<number>();
  for (const reading of readings)
    for (const record of reading.seen) (seen.has(record) ? inSeveral : seen).add(record);
  return pages.map((page) =>
    page.records.some((record) => inSeveral.has(record))
      ? { ...page, fingerprint: null, validator: null }
      : page,
  );
}

function unionOf(readings: readonly { readonly seen: ReadonlySet<number> }[]): ReadonlySet<number> {
  const [first] = readings;
  if (first && readings.length === 1) return first.seen;
  return new Set(readings.flatMap((reading) => [...reading.seen]));
}
