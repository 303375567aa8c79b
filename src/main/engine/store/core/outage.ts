import { asError } from '../../../../shared/errors.ts';
import {
  part,
  SaidError,
  say,
  toldBy,
  type Sentence,
  type SentenceWith,
} from '../../../../shared/sentences.ts';
import { healthFor } from '../store.ts';
import { recover } from '../home/recovery.ts';
import { UnfinishedJournal, type JournalWriter } from '../journal/writer.ts';
import { MemoryReplay } from '../memory-replay.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { StoreState } from './state.ts';

const HEAL_EVERY_MS = 10 * 1000;

export interface OutageEvents {
  /** Rejects when the home is not where it was. */
  assertHome(): Promise<void>;
  /** Memory holds again what is on disk, or nothing. */
  rebuilt(): void;
}

/**
 * What happens when the journal can no longer be trusted. What was not acknowledged is undone, on disk and in memory;
 * nothing is taken until a new journal and a full, verified snapshot are on disk, which is tried again and again.
 */
export class Outage {
  readonly #state: StoreState;
  readonly #checkpoints: () => Checkpoints;
  readonly #events: OutageEvents;
  #rebuilding: Promise<void> | null = null;

  constructor(state: StoreState, checkpoints: () => Checkpoints, events: OutageEvents) {
    this.#state = state;
    this.#checkpoints = checkpoints;
    this.#events = events;
  }

  /** While memory is being made again from the files. */
  get rebuilding(): Promise<void> | null {
    return this.#rebuilding;
  }

  begin(error: Error, writer = this.#state.pipeline.writer): void {
    const state = this.#state;
    if (state.health.state === 'degraded') return;
    const unacknowledged = state.pipeline.halt();
    state.setHealth(healthFor('degraded', reasonFor(error)));
    this.#rebuilding = this.#undo(writer)
      .then(() => state.refuse(unacknowledged))
      .then(() => (state.isClosing ? undefined : this.#rebuild()))
      .catch((failure: unknown) => state.deps.note('warn', asError(failure).message))
      .finally(() => {
        this.#rebuilding = null;
        this.#events.rebuilt();
      });
    if (!state.isClosing) this.#healLater();
  }

  /** Cuts off what may have reached the file, through another descriptor: the failed one tells nothing any more. */
  async #undo(writer: JournalWriter | null): Promise<void> {
    if (!writer) return;
    const { deps } = this.#state;
    await writer.close().catch(() => undefined);
    try {
      const file = await deps.files.open(writer.name, 'write');
      try {
        await file.truncate(writer.durableSize);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      // The next journal will say where this one ended.
      deps.note('warn', `${writer.name} could not be cut: ${asError(error).message}`);
    }
  }

  /** Makes memory what is acknowledged, if it is more. */
  async #rebuild(): Promise<void> {
    const state = this.#state;
    const { files, module, clock } = state.deps;
    const durable = state.pipeline.durableLsn;
    if (state.memory?.lsn === durable) return;
    state.memory?.close();
    state.memory = null;
    const replay = new MemoryReplay(() => clock.monotonic());
    const recovered = await recover(files, module, replay, durable);
    if (recovered.kind === 'nothing') throw new SaidError(recovered.why);
    if (replay.memory.lsn !== durable)
      throw new SaidError(say('notReadBack', { read: replay.memory.lsn, all: durable }));
    state.memory = replay.memory;
  }

  #healLater(): void {
    this.#state.timers.after('heal', HEAL_EVERY_MS, () => void this.#heal());
  }

  async #heal(): Promise<void> {
    const state = this.#state;
    if (state.isClosing || state.health.state !== 'degraded') return;
    try {
      await this.#rebuilding;
      await this.#checkpoints().running?.catch(() => undefined);
      await this.#events.assertHome();
      await this.#rebuild();
      const writer = await this.#beginAnew();
      state.setHealth({ state: 'ok', reason: null });
      state.pipeline.resume(writer);
    } catch (error) {
      state.setHealth(healthFor('degraded', reasonFor(asError(error))));
      this.#healLater();
    }
  }

  async #beginAnew(): Promise<JournalWriter> {
    const writer = await this.#state.beginJournal();
    try {
      const memory = this.#state.readable();
      await this.#state.addGeneration(writer.header.generation, memory.lsn, memory.image());
      this.#checkpoints().wasRun();
      return writer;
    } catch (error) {
      await writer.close().catch(() => undefined);
      throw error;
    }
  }
}

const EXPLAINED: Readonly<Record<string, SentenceWith<'detail'>>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'quotaFull',
  EROFS: 'diskReadOnly',
  EIO: 'diskErrors',
  EACCES: 'folderNotWritable',
};

function reasonFor(error: Error): Sentence {
  const cause = error instanceof UnfinishedJournal ? asError(error.cause) : error;
  const { code } = cause as NodeJS.ErrnoException;
  const key = (code === undefined ? undefined : EXPLAINED[code]) ?? 'notWritable';
  return say(key, { detail: part(toldBy(cause)) });
}
