import { hash } from 'node:crypto';
import { countRecords, eachRecord } from '../record-batch.ts';
import type { RunRecord } from '../run-record.ts';
import type { IntegrationState, IntegrationStates } from './integration-states.ts';
import type { KnownReads } from './known-reads.ts';
import type { Reading, Readings, ReadPage } from './readings.ts';
import type { FoundRecord, NewRecord, Records } from './records.ts';
import type { PageContent } from './staging.ts';

/** What a page did to the records. */
export interface PageEffect {
  new: number;
  changed: number;
  /** Negative when this page changed what an earlier page of the run left alone. */
  unchanged: number;
  /** Across the pages of the run; those inside the page were counted by the validator. */
  duplicates: number;
  hasWritten: boolean;
  /** Numbers of the page's records, in its order. */
  records: readonly number[];
  fingerprint: Uint8Array | null;
}

const NOT_YET = -1;

/** New records of a page are added so many at a time: a page may have a hundred thousand, and each takes memory here. */
const MOST_GATHERED = 1024;

/** A page on its way into the tables. */
interface Work {
  readonly op: PageContent;
  readonly run: RunRecord;
  readonly reading: Reading;
  readonly state: IntegrationState;
  readonly effect: PageEffect;
}

/**
 * Compares the records of a page, whose keys differ, with those of the store and writes what differs.
 *
 * A page whose bytes equal those of the same page of the job's last complete read is not compared row by row. This is
 * safe while nobody else has written to the integration since that read, no later page of that read said otherwise of
 * its records, and none of them was seen on an earlier page of this run: then every record still is what the page says.
 */
export class PageWriter {
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

  write(op: PageContent, run: RunRecord, reading: Reading): PageEffect {
    const state = this.#states.of(run.integration);
    this.#judgeTrust(run, reading, state);
    const work: Work = { op, run, reading, state, effect: emptyEffect() };
    if (op.batch) this.#writeBatch(work, op.batch);
    else if (op.notModified) this.#seeAgain(work);
    if (work.effect.hasWritten) {
      state.writes++;
      this.#states.changed(run.integration);
      if (reading.expectedWrites !== null) reading.expectedWrites = state.writes;
    }
    return work.effect;
  }

  #judgeTrust(run: RunRecord, reading: Reading, state: IntegrationState): void {
    const isFirst = reading.pages.size === 0 && !reading.isStored;
    if (isFirst) reading.expectedWrites = this.#known.writes(run.job, run.integration);
    if (reading.expectedWrites !== state.writes) reading.expectedWrites = null;
  }

  #writeBatch(work: Work, batch: Uint8Array): void {
    const { op, run, reading, effect } = work;
    if (op.validator) effect.fingerprint = fingerprintOf(batch);
    const known = reading.expectedWrites === null ? null : this.#known.page(run.job, op.page);
    if (known && isSamePage(known, effect.fingerprint, batch) && !seesTwice(known, reading)) {
      effect.records = known.records;
      effect.unchanged = known.records.length;
      return;
    }
    const ids: number[] = [];
    const added: NewRecord[] = [];
    let settled = 0;
    const settle = () => {
      this.#add(work, added, ids, settled);
      added.length = 0;
      settled = ids.length;
    };
    eachRecord(batch, (key, data, hash) => {
      const found = this.#records.find(run.integration, key);
      if (found) this.#writeFound(work, found, data, hash, reading.seen.has(found.id));
      else added.push({ key, data, hash });
      ids.push(found ? found.id : NOT_YET);
      if (added.length === MOST_GATHERED) settle();
    });
    settle();
    effect.records = ids;
  }

  /** Gives the records that are not there yet their numbers, in the order of the page; all before `from` have theirs. */
  #add(
    { op, run, state, effect }: Work,
    added: readonly NewRecord[],
    ids: number[],
    from: number,
  ): void {
    if (added.length === 0) return;
    let id = this.#records.addAll(run.integration, added, run.seq, op.at);
    effect.new += added.length;
    effect.hasWritten = true;
    state.live += added.length;
    for (let index = from; index < ids.length; index++)
      if (ids[index] === NOT_YET) ids[index] = id++;
  }

  #writeFound(
    { op, run, reading, state, effect }: Work,
    found: FoundRecord,
    data: Uint8Array,
    hash: Uint8Array,
    isDuplicate: boolean,
  ): void {
    if (isDuplicate) effect.duplicates++;
    const isSame = equal(found.hash, hash);
    if (isSame && !found.hasVanished) {
      if (!isDuplicate) effect.unchanged++;
      return;
    }
    effect.hasWritten = true;
    if (isDuplicate) this.#readings.contradicted(run.seq, reading, found.id);
    if (isDuplicate && found.run === run.seq) {
      // This run made or changed it, and was counted for it: its last word is kept.
      this.#records.amend(found.id, data, hash, run.seq, op.at);
      return;
    }
    if (found.hasVanished) state.live++;
    if (isDuplicate) effect.unchanged--;
    effect.changed++;
    if (isSame) this.#records.reappear(found.id, run.seq, op.at);
    else this.#records.change(found.id, data, hash, run.seq, op.at);
  }

  /** A page of which the API says that it is as it was. */
  #seeAgain({ op, run, reading, state, effect }: Work): void {
    const known = this.#known.page(run.job, op.page);
    if (!known || (known.validator && known.validator.url !== op.validator?.url)) {
      reading.hasUnknownPage = true;
      effect.unchanged = Math.max(0, op.counts.valid - op.counts.duplicates);
      return;
    }
    effect.records = known.records;
    effect.fingerprint = known.fingerprint;
    for (const id of known.records) {
      if (reading.seen.has(id)) effect.duplicates++;
      else if (reading.expectedWrites === null && this.#records.hasVanished(id)) {
        this.#records.reappear(id, run.seq, op.at);
        state.live++;
        effect.changed++;
        effect.hasWritten = true;
      } else effect.unchanged++;
    }
  }
}

function emptyEffect(): PageEffect {
  return {
    new: 0,
    changed: 0,
    unchanged: 0,
    duplicates: 0,
    hasWritten: false,
    records: [],
    fingerprint: null,
  };
}

const FINGERPRINT_BYTES = 16;

function fingerprintOf(batch: Uint8Array): Uint8Array {
  return hash('sha256', batch, 'buffer').subarray(0, FINGERPRINT_BYTES);
}

function isSamePage(known: ReadPage, fingerprint: Uint8Array | null, batch: Uint8Array): boolean {
  return (
    known.fingerprint !== null &&
    fingerprint !== null &&
    equal(known.fingerprint, fingerprint) &&
    known.records.length === countRecords(batch)
  );
}

function seesTwice(known: ReadPage, reading: Reading): boolean {
  return reading.seen.size > 0 && known.records.some((id) => reading.seen.has(id));
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
