import { SaidError, say } from '../../../../shared/sentences.ts';
import type { Clock } from '../../clock.ts';
import type { CommitPipeline } from '../commit-pipeline.ts';
import type { DatabaseImage } from '../database/paged-file.ts';
import type { SqliteModule } from '../database/sqlite.ts';
import type { StoreFiles } from '../files/store-files.ts';
import { Backups } from '../home/backups.ts';
import type { Generations } from '../home/generations.ts';
import type { OpenedHome } from '../home/open-home.ts';
import type { WriteProved } from '../home/snapshot.ts';
import { HEADER_BYTES } from '../journal/frame.ts';
import { JournalWriter } from '../journal/writer.ts';
import type { Memory } from '../memory.ts';
import {
  StoreUnavailable,
  type CheckpointReport,
  type StoreFigures,
  type StoreHealth,
} from '../store.ts';
import type { Settlement } from '../thread-protocol.ts';
import { NamedTimers } from './timers.ts';

const MIB = 1024 * 1024;
/** Beside a copy of the database, for the journal. */
const SPARE_DISK_BYTES = MIB;

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

/** What an open store consists of. The parts that look after it share this one. */
export class StoreState {
  readonly deps: StoreCoreDeps;
  readonly timers: NamedTimers;
  readonly backups: Backups;
  readonly generations: Generations;
  readonly pipeline: CommitPipeline;
  /** Null while nothing can be read. */
  memory: Memory | null;
  lineage: Uint8Array;
  isClosing = false;
  #health: StoreHealth;
  #highestGeneration: number;
  /** In journals that the newest snapshot does not cover, beside the one being written. */
  #olderJournalBytes = 0;

  constructor(
    deps: StoreCoreDeps,
    opened: OpenedHome,
    makePipeline: (state: StoreState) => CommitPipeline,
  ) {
    this.deps = deps;
    this.timers = new NamedTimers(deps.clock);
    this.backups = new Backups(deps.files, deps.write);
    this.generations = opened.generations;
    this.memory = opened.memory;
    this.lineage = opened.lineage;
    this.#health = opened.health;
    this.#highestGeneration = opened.highestGeneration;
    this.pipeline = makePipeline(this);
  }

  get health(): StoreHealth {
    return this.#health;
  }

  setHealth(health: StoreHealth): void {
    this.#health = health;
    this.deps.healthChanged(health);
  }

  get figures(): StoreFigures {
    const { memory } = this;
    return {
      lsn: this.pipeline.durableLsn,
      journalBytes: this.journalBytes,
      snapshotBytes: this.generations.current?.bytes ?? 0,
      databaseBytes: memory?.bytes ?? 0,
      freeBytes: memory?.freeBytes ?? 0,
      records: memory?.rows.records ?? 0,
      runs: memory?.rows.runs ?? 0,
    };
  }

  /** What a start would have to replay. */
  get journalBytes(): number {
    return this.#olderJournalBytes + bytesIn(this.pipeline.writer);
  }

  readable(): Memory {
    if (!this.memory) throw this.unavailable();
    return this.memory;
  }

  unavailable(): StoreUnavailable {
    const { reason, says } = this.#health;
    return new StoreUnavailable(reason === null ? say('storeClosed') : { message: reason, says });
  }

  refuse(seqs: readonly number[]): void {
    if (seqs.length === 0) return;
    const { message, says } = this.unavailable();
    this.deps.settled(seqs.map((seq) => ({ seq, refusal: 'unavailable', message, says })));
  }

  /** A poisoned module is the end of this core; any other error is the caller's. */
  guarded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof Error && error.name === 'SqlitePoisoned') this.deps.broken(error);
      throw error;
    }
  }

  /**
   * Throws when the disk has no room for another copy of the database: to find that out by writing one would take the
   * last of the room away from the journal.
   */
  async assertRoomForCopy(): Promise<void> {
    const needed = this.readable().bytes + SPARE_DISK_BYTES;
    const free = await this.deps.files.freeBytes().catch(() => Number.POSITIVE_INFINITY);
    if (free >= needed) return;
    const [needs = 0, has = 0] = [needed, free].map((bytes) => Math.ceil(bytes / MIB));
    const sentence = say('noRoomForCopy', { needed: needs, free: has });
    throw Object.assign(new SaidError(sentence), { code: 'ENOSPC' });
  }

  nextGeneration(): number {
    return ++this.#highestGeneration;
  }

  /** A journal for what comes after everything that is on disk. */
  beginJournal(): Promise<JournalWriter> {
    return JournalWriter.create(this.deps.files, {
      generation: this.nextGeneration(),
      firstLsn: this.pipeline.durableLsn + 1,
      lineage: this.lineage,
    });
  }

  /** Another one was begun, and no snapshot covers this one yet. */
  journalEnded(writer: JournalWriter): void {
    this.#olderJournalBytes += bytesIn(writer);
  }

  /** Makes an image the newest snapshot, in front of the journal of the same number. */
  async addGeneration(
    generation: number,
    lsn: number,
    image: DatabaseImage,
    lineage = this.lineage,
  ): Promise<void> {
    const at = this.deps.clock.now();
    await this.generations.add({ generation, lsn, lineage, image, at });
    this.#olderJournalBytes = 0;
    this.deps.figuresChanged(this.figures);
  }
}

function bytesIn(writer: JournalWriter | null): number {
  return (writer?.size ?? HEADER_BYTES) - HEADER_BYTES;
}
