import { asError } from '../../../../shared/errors.ts';
import type { DatabaseImage } from '../database/paged-file.ts';
import { UnfinishedJournal, type JournalWriter } from '../journal/writer.ts';
import type { CheckpointReport } from '../store.ts';
import type { StoreState } from './state.ts';

const MINUTE = 60 * 1000;
const MIB = 1024 * 1024;

const LARGE_JOURNAL_BYTES = 64 * MIB;
const IDLE_AFTER_MS = 15 * MINUTE;
const IDLE_JOURNAL_BYTES = 8 * MIB;
/** Time for the first runs to end, before whoever opens the file can see them. */
const FIRST_RUNS_MS = 10 * 1000;
const GROWING_AFTER_MS = MINUTE;
const GROWING_JOURNAL_BYTES = 256 * 1024;
const RETRY_AFTER_MS = MINUTE;
const LONGEST_RETRY = 10;
const WARN_AFTER_FAILURES = 3;

/**
 * Snapshots, and when they are due. Reads go on all the while. Commits wait only while the next journal is made (two
 * syncs of a few bytes): the snapshot is an image of that moment, and is written and proved by another thread while the
 * database moves on.
 */
export class Checkpoints {
  readonly #state: StoreState;
  readonly #degrade: (error: Error) => void;
  #running: Promise<CheckpointReport> | null = null;
  #failures = 0;
  #notBefore = 0;
  #lastAt: number;
  /** Whether the newest snapshot does. */
  #holdsRuns: boolean;

  constructor(state: StoreState, holdsRuns: boolean, degrade: (error: Error) => void) {
    this.#state = state;
    this.#holdsRuns = holdsRuns;
    this.#degrade = degrade;
    this.#lastAt = state.deps.clock.monotonic();
  }

  get running(): Promise<CheckpointReport> | null {
    return this.#running;
  }

  /** Writes a verified snapshot and begins a new journal. One at a time; a second caller gets the first one's. */
  run(): Promise<CheckpointReport> {
    if (this.#state.health.state !== 'ok') return Promise.reject(this.#state.unavailable());
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  runInBackground(): void {
    this.run().catch(() => undefined);
  }

  runIfDue(): void {
    const { health, isClosing, journalBytes, generations, deps } = this.#state;
    if (this.#running || isClosing || health.state !== 'ok') return;
    const now = deps.clock.monotonic();
    if (now < this.#notBefore) return;
    this.#showFirstRuns();
    const snapshotBytes = generations.current?.bytes ?? 0;
    if (isDue(journalBytes, snapshotBytes, now - this.#lastAt)) this.runInBackground();
  }

  /** A snapshot was written, here or another way. */
  wasRun(): void {
    this.#lastAt = this.#state.deps.clock.monotonic();
    this.#holdsRuns = (this.#state.memory?.rows.runs ?? 0) > 0;
  }

  #showFirstRuns(): void {
    const { memory, timers } = this.#state;
    if (this.#holdsRuns || !memory || memory.rows.runs === 0) return;
    this.#holdsRuns = true;
    timers.after('first runs', FIRST_RUNS_MS, () => {
      this.run().catch(() => (this.#holdsRuns = false));
    });
  }

  async #run(): Promise<CheckpointReport> {
    const { deps, pipeline } = this.#state;
    const started = deps.clock.monotonic();
    try {
      await this.#state.assertRoomForCopy();
      await pipeline.pause();
      const lsn = pipeline.durableLsn;
      const { generation, image } = await this.#rotate();
      await this.#state.addGeneration(generation, lsn, image);
      this.#failures = 0;
      this.wasRun();
      const durationMs = deps.clock.monotonic() - started;
      const report = { lsn, snapshotBytes: image.size, durationMs };
      deps.checkpointed(report);
      return report;
    } catch (error) {
      this.#failed(asError(error));
      throw error;
    }
  }

  /** Ends the journal and begins the next one; answers the database as it is in between. */
  async #rotate(): Promise<{ readonly generation: number; readonly image: DatabaseImage }> {
    const { pipeline } = this.#state;
    const ended = pipeline.writer;
    if (!ended) throw this.#state.unavailable();
    const begun = await this.#begin(ended);
    try {
      const image = this.#state.readable().image();
      return { generation: begun.header.generation, image };
    } finally {
      this.#state.journalEnded(ended);
      pipeline.resume(begun);
      void ended.close().catch(() => undefined);
    }
  }

  async #begin(ended: JournalWriter): Promise<JournalWriter> {
    try {
      return await this.#state.beginJournal();
    } catch (error) {
      if (error instanceof UnfinishedJournal) this.#degrade(error);
      else this.#state.pipeline.resume(ended);
      throw error;
    }
  }

  #failed(error: Error): void {
    const { deps } = this.#state;
    this.#failures++;
    const wait = RETRY_AFTER_MS * Math.min(this.#failures, LONGEST_RETRY);
    this.#notBefore = deps.clock.monotonic() + wait;
    const level = this.#failures >= WARN_AFTER_FAILURES ? 'warn' : 'info';
    deps.note(level, `No snapshot could be written: ${error.message}`);
  }
}

/**
 * Whether replaying the journal would take long enough at a start that a snapshot is worth its writing, or whoever opens
 * the file would see less than half of what there is.
 */
export function isDue(journalBytes: number, snapshotBytes: number, sinceLastMs: number): boolean {
  const isLarge = journalBytes > Math.max(LARGE_JOURNAL_BYTES, snapshotBytes / 2);
  const isGrowing = journalBytes > Math.max(GROWING_JOURNAL_BYTES, snapshotBytes);
  return (
    isLarge ||
    (sinceLastMs >= GROWING_AFTER_MS && isGrowing) ||
    (sinceLastMs >= IDLE_AFTER_MS && journalBytes > IDLE_JOURNAL_BYTES)
  );
}
