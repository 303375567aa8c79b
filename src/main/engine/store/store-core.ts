import { assertNever } from '../../../shared/assert-never.ts';
import { asError, PontualError } from '../../../shared/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import type { SqliteModule } from './database/sqlite.ts';
import type { StoreFiles } from './files/store-files.ts';
import { Backups, keepCopies, stampOf } from './home/backups.ts';
import type { DatabaseImage } from './database/paged-file.ts';
import type { Generations } from './home/generations.ts';
import type { WriteProved } from './home/snapshot.ts';
import { isOfStore, PREVIOUS_DATABASE } from './home/layout.ts';
import { openHome, type OpenedHome } from './home/open-home.ts';
import { recover } from './home/recovery.ts';
import { HEADER_BYTES } from './journal/frame.ts';
import { JournalWriter, UnfinishedJournal } from './journal/writer.ts';
import { Memory } from './memory.ts';
import { MemoryReplay } from './memory-replay.ts';
import {
  StoreUnavailable,
  type BackupReason,
  type CheckpointReport,
  type QueryName,
  type RecoverChoice,
  type StorageReport,
  type StoredBackup,
  type StoreFigures,
  type StoreHealth,
} from './store.ts';
import type { Settlement, StoreTask, Submission } from './thread-protocol.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

const HEAL_EVERY_MS = 10 * SECOND;
const WATCH_EVERY_MS = 5 * SECOND;
const FIGURES_EVERY_MS = 100;
const CHECKPOINT_MIN_BYTES = 64 * MIB;
const IDLE_CHECKPOINT_AFTER_MS = 15 * MINUTE;
const IDLE_CHECKPOINT_BYTES = 8 * MIB;
const RETRY_CHECKPOINT_MS = MINUTE;
const WARN_AFTER_FAILURES = 3;
const SHRINK_EVERY_MS = 30 * SECOND;
/** Little enough not to be felt, and time for others between. */
const SHRINK_PAGES = 512;
const BETWEEN_SHRINKS_MS = 200;
/** Free pages that are left for the next rows. */
const SPARE_BYTES = 2 * MIB;

export interface StoreCoreDeps {
  /** Where it is, for people. */
  readonly home: string;
  readonly files: StoreFiles;
  readonly module: SqliteModule;
  readonly clock: Clock;
  readonly write: WriteProved;
  /** 16 random bytes for a new database. */
  newLineage(): Uint8Array;
  /** Whose transactions these are, and up to which one they were answered by an earlier thread. */
  readonly client: number;
  readonly answeredSeq: number;
  settled(settlements: readonly Settlement[]): void;
  healthChanged(health: StoreHealth): void;
  figuresChanged(figures: StoreFigures): void;
  note(level: 'info' | 'warn', message: string): void;
  checkpointed(report: CheckpointReport): void;
  /** The module is poisoned or the program is wrong: this core is not to be used again. */
  broken(error: unknown): void;
}

/** An answer that shows what is not on disk yet. */
interface HeldAnswer {
  readonly name: QueryName;
  readonly params: unknown;
  readonly lsn: number;
  readonly result: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The store without its thread: memory, journal, checkpoints, and what happens when one of them fails.
 *
 *     ok --a write or sync fails--> degraded --every 10 s: new journal and verified snapshot--> ok
 *     read-only: the files are damaged; a consistent prefix, or nothing, can be read until the person chooses
 *
 * While degraded nothing is stored and everything acknowledged can be read.
 */
export class StoreCore {
  readonly #deps: StoreCoreDeps;
  readonly #pipeline: CommitPipeline;
  readonly #backups: Backups;
  readonly #generations: Generations;
  #lineage: Uint8Array;
  readonly #homeInode: string;
  readonly #timers = new Map<string, Timer>();
  #memory: Memory | null;
  #highestGeneration: number;
  #health: StoreHealth;
  #held: HeldAnswer[] = [];
  /** While memory is being made again from the files. */
  #rebuilding: Promise<void> | null = null;
  #checkpointing: Promise<CheckpointReport> | null = null;
  #exclusive: Promise<unknown> = Promise.resolve();
  #checkpointFailures = 0;
  #noCheckpointBefore = 0;
  #lastCheckpointAt: number;
  /** In journals that the newest snapshot does not cover, beside the one being written. */
  #olderJournalBytes = 0;
  #closing: Promise<void> | null = null;
  /** What became of transactions that an earlier thread left unanswered. */
  readonly settledBefore: readonly Settlement[];
  readonly notes: readonly string[];

  private constructor(deps: StoreCoreDeps, opened: OpenedHome, homeInode: string) {
    this.#deps = deps;
    this.#memory = opened.memory;
    this.#backups = new Backups(deps.files, deps.write);
    this.#generations = opened.generations;
    this.#lineage = opened.lineage;
    this.#highestGeneration = opened.highestGeneration;
    this.#health = opened.health;
    this.#homeInode = homeInode;
    this.#lastCheckpointAt = deps.clock.monotonic();
    this.settledBefore = opened.settled;
    this.notes = opened.notes;
    this.#pipeline = new CommitPipeline(
      () => this.#readable(),
      deps.client,
      deps.clock,
      opened.memory?.lsn ?? 0,
      {
        settled: (settlements) => deps.settled(settlements),
        durable: () => this.#becameDurable(),
        failed: (error) => this.#degrade(error),
        broken: (error) => deps.broken(error),
      },
    );
  }

  /** Opens or begins the store of a home. Rejects when the home cannot be used at all. */
  static async open(deps: StoreCoreDeps): Promise<StoreCore> {
    const { files, module, write, clock, client, answeredSeq } = deps;
    const opened = await openHome({
      files,
      module,
      write,
      client,
      answeredSeq,
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      newLineage: () => deps.newLineage(),
    });
    const home = await files.stat('.');
    const core = new StoreCore(deps, opened, home?.inode ?? '');
    if (opened.writer) core.#start(opened.writer, opened.needsCheckpoint);
    return core;
  }

  get health(): StoreHealth {
    return this.#health;
  }

  get figures(): StoreFigures {
    const rows = this.#memory?.rows;
    return {
      lsn: this.#pipeline.durableLsn,
      journalBytes: this.#journalBytes,
      snapshotBytes: this.#generations.current?.bytes ?? 0,
      databaseBytes: this.#memory?.bytes ?? 0,
      freeBytes: this.#memory?.freeBytes ?? 0,
      records: rows?.records ?? 0,
      runs: rows?.runs ?? 0,
    };
  }

  /** Each submission is settled once, after it is on disk or when it is certain that it never will be. */
  submit(submissions: readonly Submission[]): void {
    if (this.#health.state === 'ok' && !this.#closing) this.#pipeline.submit(submissions);
    else this.#refuse(submissions.map(({ seq }) => seq));
  }

  /** Answers what is on disk, and nothing that might yet be lost. */
  async query(name: QueryName, params: unknown): Promise<unknown> {
    if (this.#rebuilding) await this.#rebuilding;
    const memory = this.#readable();
    const result = this.#guarded(() => memory.query(name, params));
    const { lsn } = memory;
    if (lsn <= this.#pipeline.durableLsn) return result;
    return new Promise((resolve, reject) => {
      this.#held.push({ name, params, lsn, result, resolve, reject });
    });
  }

  /** Writes a verified snapshot and begins a new journal. One at a time; a second caller gets the first one's. */
  checkpoint(): Promise<CheckpointReport> {
    if (this.#health.state !== 'ok') return Promise.reject(this.#unavailable());
    this.#checkpointing ??= this.#checkpoint().finally(() => (this.#checkpointing = null));
    return this.#checkpointing;
  }

  /** Does one thing that is neither a transaction nor a query. */
  do(task: StoreTask): Promise<unknown> {
    switch (task.kind) {
      case 'checkpoint':
        return this.checkpoint();
      case 'storage':
        return this.#storage();
      case 'compact':
        return this.#exclusively(() => this.#compact());
      case 'backup':
        return this.#exclusively(() => this.#backup(task.reason));
      case 'restore':
        return this.#exclusively(() => this.#restore(task.backup));
      case 'recover':
        return this.#exclusively(() => this.#recover(task.choice));
      default:
        return assertNever(task);
    }
  }

  /**
   * Stores what was taken, writes a last snapshot if that can be done within the deadline, and lets go of all files.
   * The journal alone is enough to start again.
   */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  #start(writer: JournalWriter, needsCheckpoint: boolean): void {
    this.#pipeline.resume(writer);
    this.#every('watch', WATCH_EVERY_MS, () => void this.#watch());
    this.#every('checkpoint', MINUTE, () => this.#checkpointIfDue());
    this.#after('shrink', SHRINK_EVERY_MS, () => this.#shrink());
    if (needsCheckpoint) this.#checkpointInBackground();
  }

  get #journalBytes(): number {
    return this.#olderJournalBytes + (this.#pipeline.writer?.size ?? HEADER_BYTES) - HEADER_BYTES;
  }

  #readable(): Memory {
    if (!this.#memory) throw this.#unavailable();
    return this.#memory;
  }

  #unavailable(): StoreUnavailable {
    return new StoreUnavailable(this.#health.reason ?? 'The store is closed.');
  }

  #refuse(seqs: readonly number[]): void {
    if (seqs.length === 0) return;
    const { message } = this.#unavailable();
    this.#deps.settled(seqs.map((seq) => ({ seq, refusal: 'unavailable', message })));
  }

  /** A poisoned module is the end of this core; any other error is the caller's. */
  #guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof Error && error.name === 'SqlitePoisoned') this.#deps.broken(error);
      throw error;
    }
  }

  #setHealth(health: StoreHealth): void {
    this.#health = health;
    this.#deps.healthChanged(health);
  }

  // What becomes durable

  #becameDurable(): void {
    const durable = this.#pipeline.durableLsn;
    if (this.#held.length > 0) {
      const held = this.#held;
      this.#held = held.filter(({ lsn }) => lsn > durable);
      for (const answer of held) if (answer.lsn <= durable) answer.resolve(answer.result);
    }
    if (!this.#timers.has('figures'))
      this.#after('figures', FIGURES_EVERY_MS, () => this.#deps.figuresChanged(this.figures));
    this.#checkpointIfDue();
  }

  // Checkpoints

  #checkpointIfDue(): void {
    if (this.#checkpointing || this.#closing || this.#health.state !== 'ok') return;
    const now = this.#deps.clock.monotonic();
    if (now < this.#noCheckpointBefore) return;
    const bytes = this.#journalBytes;
    const snapshot = this.#generations.current?.bytes ?? 0;
    const isLarge = bytes > Math.max(CHECKPOINT_MIN_BYTES, snapshot / 2);
    const isOld = now - this.#lastCheckpointAt >= IDLE_CHECKPOINT_AFTER_MS;
    if (isLarge || (isOld && bytes > IDLE_CHECKPOINT_BYTES)) this.#checkpointInBackground();
  }

  /** Gives free pages back, a few at a time. Changes no row, so no transaction tells of it. */
  #shrink(): void {
    const memory = this.#memory;
    const hasSpare = memory && this.#health.state === 'ok' && memory.freeBytes >= SPARE_BYTES;
    if (hasSpare) this.#guarded(() => memory.shrink(SHRINK_PAGES));
    if (this.#closing) return;
    this.#after('shrink', hasSpare ? BETWEEN_SHRINKS_MS : SHRINK_EVERY_MS, () => this.#shrink());
  }

  #checkpointInBackground(): void {
    this.checkpoint().catch(() => undefined);
  }

  async #checkpoint(): Promise<CheckpointReport> {
    const started = this.#deps.clock.monotonic();
    try {
      await this.#pipeline.pause();
      const lsn = this.#pipeline.durableLsn;
      const { generation, image } = await this.#rotate();
      const { size: snapshotBytes } = image;
      await this.#addGeneration(generation, lsn, image);
      this.#checkpointFailures = 0;
      const durationMs = this.#deps.clock.monotonic() - started;
      const report = { lsn, snapshotBytes, durationMs };
      this.#deps.checkpointed(report);
      return report;
    } catch (error) {
      this.#checkpointFailed(asError(error));
      throw error;
    }
  }

  /** Ends the journal and begins the next one; answers the database as it is in between. */
  async #rotate(): Promise<{ readonly generation: number; readonly image: DatabaseImage }> {
    const ended = this.#pipeline.writer;
    if (!ended) throw this.#unavailable();
    let begun: JournalWriter;
    try {
      begun = await this.#beginJournal();
    } catch (error) {
      if (error instanceof UnfinishedJournal) this.#degrade(error);
      else this.#pipeline.resume(ended);
      throw error;
    }
    try {
      const image = this.#readable().image();
      return { generation: begun.header.generation, image };
    } finally {
      this.#olderJournalBytes += ended.size - HEADER_BYTES;
      this.#pipeline.resume(begun);
      void ended.close().catch(() => undefined);
    }
  }

  #beginJournal(): Promise<JournalWriter> {
    return JournalWriter.create(this.#deps.files, {
      generation: ++this.#highestGeneration,
      firstLsn: this.#pipeline.durableLsn + 1,
      lineage: this.#lineage,
    });
  }

  async #addGeneration(generation: number, lsn: number, image: DatabaseImage): Promise<void> {
    const at = this.#deps.clock.now();
    await this.#generations.add({ generation, lsn, lineage: this.#lineage, image, at });
    this.#olderJournalBytes = 0;
    this.#lastCheckpointAt = this.#deps.clock.monotonic();
    this.#deps.figuresChanged(this.figures);
  }

  #checkpointFailed(error: Error): void {
    this.#checkpointFailures++;
    const wait = RETRY_CHECKPOINT_MS * Math.min(this.#checkpointFailures, 10);
    this.#noCheckpointBefore = this.#deps.clock.monotonic() + wait;
    const level = this.#checkpointFailures >= WARN_AFTER_FAILURES ? 'warn' : 'info';
    this.#deps.note(level, `No snapshot could be written: ${error.message}`);
  }

  // Backups, and putting something else in the place of what there is

  /** One of these at a time, and none while a snapshot is written. */
  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const before = Promise.allSettled([this.#exclusive, this.#checkpointing]);
    const done = before.then(() => {
      if (this.#closing) throw this.#unavailable();
      return action();
    });
    this.#exclusive = done.catch(() => undefined);
    return done;
  }

  async #storage(): Promise<StorageReport> {
    await this.#rebuilding;
    const memory = this.#memory;
    return {
      home: this.#deps.home,
      figures: this.figures,
      integrations: memory?.sizes() ?? [],
      generations: this.#generations.all.map(({ lsn, bytes, at }) => ({ lsn, bytes, at })),
      backups: await this.#backups.list(),
    };
  }

  async #compact(): Promise<CheckpointReport> {
    await this.#atRest((memory) => this.#guarded(() => memory.vacuum()));
    return this.checkpoint();
  }

  async #backup(reason: BackupReason): Promise<StoredBackup> {
    const { lsn, image } = await this.#atRest((memory) => ({
      lsn: memory.lsn,
      image: memory.image(),
    }));
    return this.#backups.write(image, lsn, this.#deps.clock.now(), reason);
  }

  /** Does something with memory while it holds exactly what is on disk. */
  async #atRest<T>(action: (memory: Memory) => T): Promise<T> {
    if (this.#health.state === 'degraded') throw this.#unavailable();
    await this.#pipeline.pause();
    const { writer } = this.#pipeline;
    try {
      return action(this.#readable());
    } finally {
      if (writer) this.#pipeline.resume(writer);
    }
  }

  async #restore(name: string): Promise<void> {
    const { module, clock } = this.#deps;
    if (this.#health.state !== 'ok') throw this.#unavailable();
    const database = await this.#backups.open(module, name);
    await this.#backup('before-restore');
    await this.#adopt(new Memory(database, () => clock.monotonic()));
  }

  async #recover(choice: RecoverChoice): Promise<void> {
    if (this.#health.state !== 'read-only')
      throw new PontualError('conflict', 'The store is sound: there is nothing to recover.');
    const chosen = await this.#chosen(choice);
    const { files, clock } = this.#deps;
    const names = (await files.list('.')).filter(isOfStore);
    await keepCopies(files, names, `damaged-${stampOf(clock.now())}`);
    await this.#adopt(chosen);
  }

  async #chosen(choice: RecoverChoice): Promise<Memory> {
    const { files, module, clock } = this.#deps;
    const monotonic = () => clock.monotonic();
    switch (choice.kind) {
      case 'prefix':
        return this.#readable();
      case 'backup':
        return new Memory(await this.#backups.open(module, choice.backup), monotonic);
      case 'previous-generation': {
        const replay = new MemoryReplay(monotonic);
        const found = await recover(files, module, replay, Infinity, [PREVIOUS_DATABASE]);
        if (found.kind === 'nothing')
          throw new PontualError('conflict', `The previous snapshot is no help: ${found.why}`);
        return replay.memory;
      }
      default:
        return assertNever(choice);
    }
  }

  /**
   * Begins a new lineage with this database. Until the manifest names its snapshot, a start finds the old one. When it
   * fails on the way, nothing is taken before the old one has a new snapshot, so that it cannot be mistaken.
   */
  async #adopt(memory: Memory): Promise<void> {
    const before = { health: this.#health, memory: this.#memory };
    this.#setHealth({ state: 'read-only', reason: 'Other data is being put in place.' });
    await this.#pipeline.pause();
    const { writer } = this.#pipeline;
    this.#refuse(this.#pipeline.halt());
    await writer?.close().catch(() => undefined);
    try {
      await this.#beginLineage(memory);
    } catch (error) {
      if (before.health.state === 'ok') this.#degrade(asError(error), writer);
      else this.#setHealth(before.health);
      throw error;
    }
    if (before.memory !== memory) before.memory?.close();
    this.#setHealth({ state: 'ok', reason: null });
  }

  async #beginLineage(memory: Memory): Promise<void> {
    const { files, clock } = this.#deps;
    const lineage = this.#deps.newLineage();
    const lsn = Math.max(memory.lsn, this.#pipeline.durableLsn) + 1;
    const generation = ++this.#highestGeneration;
    this.#guarded(() => memory.rebase(lineage, lsn));
    const writer = await JournalWriter.create(files, { generation, firstLsn: lsn + 1, lineage });
    try {
      const image = memory.image();
      await this.#generations.add({ generation, lsn, lineage, image, at: clock.now() });
    } catch (error) {
      await writer.close().catch(() => undefined);
      throw error;
    }
    this.#memory = memory;
    this.#lineage = lineage;
    this.#olderJournalBytes = 0;
    this.#pipeline.restart(lsn);
    this.#start(writer, false);
  }

  // Degraded

  /** The journal can no longer be trusted: what was not acknowledged is undone, and nothing is taken until it heals. */
  #degrade(error: Error, writer = this.#pipeline.writer): void {
    if (this.#health.state === 'degraded' || this.#closing) return;
    const unacknowledged = this.#pipeline.halt();
    this.#setHealth({ state: 'degraded', reason: reasonFor(error) });
    this.#rebuilding = this.#undo(writer)
      .then(() => this.#refuse(unacknowledged))
      .then(() => this.#rebuild())
      .catch((failure: unknown) => this.#deps.note('warn', asError(failure).message))
      .finally(() => {
        this.#rebuilding = null;
        this.#askAgain();
      });
    this.#after('heal', HEAL_EVERY_MS, () => void this.#heal());
  }

  /** Cuts off what may have reached the file, through another descriptor: the failed one tells nothing any more. */
  async #undo(writer: JournalWriter | null): Promise<void> {
    if (!writer) return;
    await writer.close().catch(() => undefined);
    try {
      const file = await this.#deps.files.open(writer.name, 'write');
      try {
        await file.truncate(writer.durableSize);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      // The next journal will say where this one ended.
      this.#deps.note('warn', `${writer.name} could not be cut: ${asError(error).message}`);
    }
  }

  /** Makes memory what is acknowledged, if it is more. */
  async #rebuild(): Promise<void> {
    const durable = this.#pipeline.durableLsn;
    if (this.#memory?.lsn === durable) return;
    this.#memory?.close();
    this.#memory = null;
    const { files, module, clock } = this.#deps;
    const replay = new MemoryReplay(() => clock.monotonic());
    const recovered = await recover(files, module, replay, durable);
    if (recovered.kind === 'nothing') throw new Error(recovered.why);
    if (replay.memory.lsn !== durable)
      throw new Error(
        `Only ${replay.memory.lsn} of ${durable} transactions can be read back from the disk.`,
      );
    this.#memory = replay.memory;
  }

  #askAgain(): void {
    const held = this.#held;
    this.#held = [];
    for (const { name, params, resolve, reject } of held)
      this.query(name, params).then(resolve, reject);
  }

  async #heal(): Promise<void> {
    if (this.#closing || this.#health.state !== 'degraded') return;
    try {
      await this.#rebuilding;
      await this.#checkpointing?.catch(() => undefined);
      await this.#assertHome();
      await this.#rebuild();
      const writer = await this.#beginJournal();
      try {
        const memory = this.#readable();
        await this.#addGeneration(writer.header.generation, memory.lsn, memory.image());
      } catch (error) {
        await writer.close().catch(() => undefined);
        throw error;
      }
      this.#setHealth({ state: 'ok', reason: null });
      this.#pipeline.resume(writer);
    } catch (error) {
      this.#setHealth({ state: 'degraded', reason: reasonFor(asError(error)) });
      this.#after('heal', HEAL_EVERY_MS, () => void this.#heal());
    }
  }

  // The home itself

  /** Notices that the folder or the journal was deleted, moved or replaced under our feet. */
  async #watch(): Promise<void> {
    if (this.#closing || this.#checkpointing || this.#health.state !== 'ok') return;
    try {
      await this.#assertHome();
      const { writer } = this.#pipeline;
      const journal = writer && (await this.#deps.files.stat(writer.name));
      if (writer && this.#pipeline.writer === writer && journal?.inode !== writer.inode)
        throw new HomeChanged(`${writer.name} was deleted or replaced.`);
    } catch (error) {
      await this.#pipeline.pause();
      this.#degrade(asError(error));
    }
  }

  async #assertHome(): Promise<void> {
    const home = await this.#deps.files.stat('.');
    if (home?.inode !== this.#homeInode)
      throw new HomeChanged('The data folder was deleted, moved or replaced.');
  }

  // The end

  async #close(deadlineMs: number): Promise<void> {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    await this.#rebuilding;
    if (this.#health.state === 'ok') await this.#finish(deadlineMs);
    const { writer } = this.#pipeline;
    this.#refuse(this.#pipeline.halt());
    await writer?.close().catch(() => undefined);
    this.#memory?.close();
    this.#memory = null;
    for (const { reject } of this.#held) reject(this.#unavailable());
  }

  async #finish(deadlineMs: number): Promise<void> {
    await this.#pipeline.drain();
    await this.#pipeline.seal();
    if (this.#journalBytes === 0) return;
    const last = this.#checkpointing ?? this.#checkpoint();
    await Promise.race([last.catch(() => undefined), this.#elapsed(deadlineMs)]);
  }

  #elapsed(ms: number): Promise<void> {
    return new Promise((resolve) => this.#after('deadline', ms, resolve));
  }

  #after(name: string, ms: number, action: () => void): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#deps.clock.setTimer(ms, () => {
      this.#timers.delete(name);
      action();
    });
    this.#timers.set(name, timer);
  }

  #every(name: string, ms: number, action: () => void): void {
    this.#after(name, ms, () => {
      action();
      if (!this.#closing) this.#every(name, ms, action);
    });
  }
}

class HomeChanged extends Error {
  override readonly name = 'HomeChanged';
}

const EXPLAINED: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Free some space; collection goes on by itself.',
  EDQUOT: 'The disk quota is used up. Free some space; collection goes on by itself.',
  EROFS: 'The disk has become read-only. Make it writable; collection goes on by itself.',
  EIO: 'The disk reports errors. Check it; collection goes on by itself when it works again.',
  EACCES: 'The data folder may not be written. Give access to it; collection goes on by itself.',
};

function reasonFor(error: Error): string {
  const cause = error instanceof UnfinishedJournal ? asError(error.cause) : error;
  const { code } = cause as NodeJS.ErrnoException;
  const explained = code === undefined ? undefined : EXPLAINED[code];
  return `${explained ?? 'The data cannot be written. Collection goes on by itself when it can.'} (${cause.message})`;
}
