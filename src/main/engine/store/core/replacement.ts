import { assertNever } from '../../../../shared/assert-never.ts';
import { asError, PontualError } from '../../../../shared/errors.ts';
import { say } from '../../../../shared/sentences.ts';
import { keepCopies } from '../home/backups.ts';
import { isOfStore, PREVIOUS_DATABASE, stampOf } from '../home/layout.ts';
import { recover } from '../home/recovery.ts';
import { JournalWriter } from '../journal/writer.ts';
import { Memory } from '../memory.ts';
import { MemoryReplay } from '../memory-replay.ts';
import { healthFor, type RecoverChoice } from '../store.ts';
import type { StoreState } from './state.ts';

export interface ReplacementEvents {
  /** The old data stays and cannot be written to before it has a new snapshot. */
  degrade(error: Error, writer: JournalWriter | null): void;
  /** Goes on with other data and its journal. */
  start(writer: JournalWriter): void;
  backUp(): Promise<unknown>;
}

/** Puts a backup, or what can be read of damaged files, in the place of what there is. */
export class Replacement {
  readonly #state: StoreState;
  readonly #events: ReplacementEvents;

  constructor(state: StoreState, events: ReplacementEvents) {
    this.#state = state;
    this.#events = events;
  }

  async restore(name: string): Promise<void> {
    const { deps, health, backups } = this.#state;
    if (health.state !== 'ok') throw this.#state.unavailable();
    const database = await backups.open(deps.module, name);
    const memory = new Memory(database, () => deps.clock.monotonic());
    await this.#orClosed(memory, async () => {
      await this.#events.backUp();
      await this.#adopt(memory);
    });
  }

  async recover(choice: RecoverChoice): Promise<void> {
    const { health, deps } = this.#state;
    if (health.state !== 'read-only') throw new PontualError('conflict', say('storeSound'));
    const chosen = await this.#chosen(choice);
    await this.#orClosed(chosen, async () => {
      const names = (await deps.files.list('.')).filter(isOfStore);
      await keepCopies(deps.files, names, `damaged-${stampOf(deps.clock.now())}`);
      await this.#adopt(chosen);
    });
  }

  /** A database that does not become the store's is let go of. */
  async #orClosed(memory: Memory, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } finally {
      if (this.#state.memory !== memory) memory.close();
    }
  }

  async #chosen(choice: RecoverChoice): Promise<Memory> {
    const { files, module, clock } = this.#state.deps;
    const monotonic = () => clock.monotonic();
    switch (choice.kind) {
      case 'prefix':
        return this.#state.readable();
      case 'backup':
        return new Memory(await this.#state.backups.open(module, choice.backup), monotonic);
      case 'previous-generation': {
        const replay = new MemoryReplay(monotonic);
        const found = await recover(files, module, replay, Infinity, [PREVIOUS_DATABASE]);
        if (found.kind === 'nothing')
          throw new PontualError('conflict', say('previousNoHelp', { why: found.why.says }));
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
    const state = this.#state;
    const before = { health: state.health, memory: state.memory };
    state.setHealth(healthFor('read-only', say('beingReplaced')));
    await state.pipeline.pause();
    const { writer } = state.pipeline;
    state.refuse(state.pipeline.halt());
    await writer?.close().catch(() => undefined);
    try {
      await this.#beginLineage(memory);
    } catch (error) {
      if (before.health.state === 'ok') this.#events.degrade(asError(error), writer);
      else state.setHealth(before.health);
      throw error;
    }
    if (before.memory !== memory) before.memory?.close();
    state.setHealth({ state: 'ok', reason: null });
  }

  async #beginLineage(memory: Memory): Promise<void> {
    const state = this.#state;
    const { deps } = state;
    const lineage = deps.newLineage();
    const lsn = Math.max(memory.lsn, state.pipeline.durableLsn) + 1;
    const generation = state.nextGeneration();
    state.guarded(() => memory.rebase(lineage, lsn));
    const writer = await JournalWriter.create(deps.files, {
      generation,
      firstLsn: lsn + 1,
      lineage,
    });
    try {
      await state.addGeneration(generation, lsn, memory.image(), lineage);
    } catch (error) {
      await writer.close().catch(() => undefined);
      throw error;
    }
    state.memory = memory;
    state.lineage = lineage;
    state.pipeline.restart(lsn);
    this.#events.start(writer);
  }
}
