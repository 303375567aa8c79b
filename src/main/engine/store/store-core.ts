import { assertNever } from '../../../shared/assert-never.ts';
import type { Sentence } from '../../../shared/sentences.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import { Checkpoints } from './core/checkpoints.ts';
import { HeldAnswers } from './core/held-answers.ts';
import { HomeWatch } from './core/home-watch.ts';
import { Outage } from './core/outage.ts';
import { Replacement } from './core/replacement.ts';
import { shrinkNowAndThen } from './core/shrinking.ts';
import { StoreState, type StoreCoreDeps } from './core/state.ts';
import { openHome, type OpenedHome } from './home/open-home.ts';
import type { JournalWriter } from './journal/writer.ts';
import type { Memory } from './memory.ts';
import type {
  BackupReason,
  CheckpointReport,
  QueryName,
  StorageReport,
  StoredBackup,
  StoreFigures,
  StoreHealth,
} from './store.ts';
import type { Settlement, StoreTask, Submission } from './thread-protocol.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const WATCH_EVERY_MS = 5 * SECOND;
const FIGURES_EVERY_MS = 100;

/**
 * The store without its thread: memory, journal, checkpoints, and what happens when one of them fails.
 *
 *     ok --a write or sync fails--> degraded --every 10 s: new journal and verified snapshot--> ok
 *     read-only: the files are damaged; a consistent prefix, or nothing, can be read until the person chooses
 *
 * While degraded nothing is stored and everything acknowledged can be read.
 */
export class StoreCore {
  readonly #state: StoreState;
  readonly #held = new HeldAnswers();
  readonly #checkpoints: Checkpoints;
  readonly #outage: Outage;
  readonly #watch: HomeWatch;
  readonly #replacement: Replacement;
  #exclusive: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | null = null;
  /** What became of transactions that an earlier thread left unanswered. */
  readonly settledBefore: readonly Settlement[];
  readonly notes: readonly Sentence[];

  private constructor(deps: StoreCoreDeps, opened: OpenedHome, homeInode: string) {
    this.settledBefore = opened.settled;
    this.notes = opened.notes;
    this.#state = new StoreState(deps, opened, (state) => this.#makePipeline(state));
    this.#watch = new HomeWatch(this.#state, homeInode);
    this.#outage = new Outage(this.#state, () => this.#checkpoints, {
      assertHome: () => this.#watch.assertHome(),
      rebuilt: () => this.#held.askAgain((name, params) => this.query(name, params)),
    });
    this.#checkpoints = new Checkpoints(this.#state, opened.holdsRuns, (error) =>
      this.#outage.begin(error),
    );
    this.#replacement = new Replacement(this.#state, {
      degrade: (error, writer) => this.#outage.begin(error, writer),
      start: (writer) => this.#start(writer),
      backUp: () => this.#backup('before-restore'),
    });
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
    if (opened.writer) {
      core.#start(opened.writer);
      if (opened.needsCheckpoint) core.#checkpoints.runInBackground();
    }
    return core;
  }

  get health(): StoreHealth {
    return this.#state.health;
  }

  get figures(): StoreFigures {
    return this.#state.figures;
  }

  /** Each submission is settled once, after it is on disk or when it is certain that it never will be. */
  submit(submissions: readonly Submission[]): void {
    const { health, pipeline, isClosing } = this.#state;
    if (health.state === 'ok' && !isClosing) pipeline.submit(submissions);
    else this.#state.refuse(submissions.map(({ seq }) => seq));
  }

  /** Answers what is on disk, and nothing that might yet be lost. */
  async query(name: QueryName, params: unknown): Promise<unknown> {
    if (this.#outage.rebuilding) await this.#outage.rebuilding;
    const memory = this.#state.readable();
    const result = this.#state.guarded(() => memory.query(name, params));
    const { lsn } = memory;
    if (lsn <= this.#state.pipeline.durableLsn) return result;
    return this.#held.hold(name, params, lsn, result);
  }

  /** Writes a verified snapshot and begins a new journal. One at a time; a second caller gets the first one's. */
  checkpoint(): Promise<CheckpointReport> {
    return this.#checkpoints.run();
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
        return this.#exclusively(() => this.#replacement.restore(task.backup));
      case 'recover':
        return this.#exclusively(() => this.#replacement.recover(task.choice));
      default:
        return assertNever(task);
    }
  }

  /**
   * Stores what was taken, writes a last snapshot if that can be done within the deadline, and lets go of all files.
   * The journal alone is enough to start again.
   */
  close(deadlineMs: number): Promise<void> {
    this.#state.isClosing = true;
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  #makePipeline(state: StoreState): CommitPipeline {
    const { deps } = state;
    return new CommitPipeline(
      () => state.readable(),
      deps.client,
      deps.clock,
      state.memory?.lsn ?? 0,
      {
        settled: (settlements) => deps.settled(settlements),
        durable: () => this.#becameDurable(),
        failed: (error) => this.#outage.begin(error),
        broken: (error) => deps.broken(error),
      },
    );
  }

  #start(writer: JournalWriter): void {
    const { pipeline, timers } = this.#state;
    pipeline.resume(writer);
    timers.every('watch', WATCH_EVERY_MS, () => void this.#look());
    timers.every('checkpoint', MINUTE, () => this.#checkpoints.runIfDue());
    shrinkNowAndThen(this.#state);
  }

  #look(): Promise<void> {
    return this.#watch.look(
      () => this.#checkpoints.running !== null,
      (error) => this.#outage.begin(error),
    );
  }

  #becameDurable(): void {
    const { pipeline, timers, deps } = this.#state;
    this.#held.release(pipeline.durableLsn);
    if (!timers.has('figures'))
      timers.after('figures', FIGURES_EVERY_MS, () => deps.figuresChanged(this.figures));
    this.#checkpoints.runIfDue();
  }

  /** One of these at a time, and none while a snapshot is written. */
  #exclusively<T>(action: () => Promise<T>): Promise<T> {
    const before = Promise.allSettled([this.#exclusive, this.#checkpoints.running]);
    const done = before.then(() => {
      if (this.#state.isClosing) throw this.#state.unavailable();
      return action();
    });
    this.#exclusive = done.catch(() => undefined);
    return done;
  }

  async #storage(): Promise<StorageReport> {
    await this.#outage.rebuilding;
    const { memory, generations, backups, deps } = this.#state;
    return {
      home: deps.home,
      figures: this.figures,
      integrations: memory?.sizes() ?? [],
      generations: generations.all.map(({ lsn, bytes, at }) => ({ lsn, bytes, at })),
      backups: await backups.list(),
    };
  }

  async #compact(): Promise<CheckpointReport> {
    const { module, clock } = this.#state.deps;
    await this.#atRest((memory) => {
      this.#state.memory = this.#state.guarded(() =>
        memory.compacted(module, () => clock.monotonic()),
      );
      memory.close();
    });
    return this.checkpoint();
  }

  async #backup(reason: BackupReason): Promise<StoredBackup> {
    const { backups, deps } = this.#state;
    await this.#state.assertRoomForCopy();
    const { lsn, image } = await this.#atRest((memory) => ({
      lsn: memory.lsn,
      image: memory.image(),
    }));
    return backups.write(image, lsn, deps.clock.now(), reason);
  }

  /** Does something with memory while it holds exactly what is on disk. */
  async #atRest<T>(action: (memory: Memory) => T): Promise<T> {
    const { health, pipeline } = this.#state;
    if (health.state === 'degraded') throw this.#state.unavailable();
    await pipeline.pause();
    const { writer } = pipeline;
    try {
      return action(this.#state.readable());
    } finally {
      if (writer) pipeline.resume(writer);
    }
  }

  async #close(deadlineMs: number): Promise<void> {
    const state = this.#state;
    const { timers, pipeline } = state;
    timers.end();
    await this.#outage.rebuilding;
    if (state.health.state === 'ok') await this.#finish(deadlineMs);
    // What failed on the way out is cut off before anybody hears that it is not stored.
    await this.#outage.rebuilding;
    const { writer } = pipeline;
    state.refuse(pipeline.halt());
    await writer?.close().catch(() => undefined);
    state.memory?.close();
    state.memory = null;
    this.#held.rejectAll(state.unavailable());
  }

  async #finish(deadlineMs: number): Promise<void> {
    const { pipeline, timers } = this.#state;
    await pipeline.drain();
    await pipeline.seal();
    if (this.#state.journalBytes === 0) return;
    const last = this.#checkpoints.running ?? this.#checkpoints.run();
    const elapsed = new Promise<void>((resolve) => timers.after('deadline', deadlineMs, resolve));
    await Promise.race([last.catch(() => undefined), elapsed]);
  }
}
