import type { Sqlite } from './database/sqlite.ts';
import { ReplayFailed, type ReplayTarget } from './home/recovery.ts';
import type { JournaledTransaction } from './journal/reader.ts';
import { Memory } from './memory.ts';
import type { Settlement } from './thread-protocol.ts';

const GROUP_TRANSACTIONS = 1000;
const GROUP_BYTES = 4 * 1024 * 1024;

/** Brings a database up to date from the journals, and tells a client that went on living what was stored of its. */
export class MemoryReplay implements ReplayTarget {
  readonly #monotonic: () => number;
  readonly #client: number;
  readonly #answeredSeq: number;
  readonly #settled: Settlement[] = [];
  #memory: Memory | null = null;
  #group: JournaledTransaction[] = [];
  #groupBytes = 0;

  constructor(monotonic: () => number, client = 0, answeredSeq = 0) {
    this.#monotonic = monotonic;
    this.#client = client;
    this.#answeredSeq = answeredSeq;
  }

  get memory(): Memory {
    if (!this.#memory) throw new Error('Nothing was replayed.');
    return this.#memory;
  }

  /** Transactions of the client that were stored but not answered, with their results. */
  get settled(): readonly Settlement[] {
    return this.#settled;
  }

  begin(database: Sqlite): void {
    this.#memory = new Memory(database, this.#monotonic);
  }

  apply(transaction: JournaledTransaction): void {
    const { text, blobs } = transaction;
    this.#group.push(transaction);
    this.#groupBytes += blobs.reduce((sum, { length }) => sum + length, text.length);
    if (this.#group.length >= GROUP_TRANSACTIONS || this.#groupBytes >= GROUP_BYTES) this.end();
  }

  end(): void {
    const group = this.#group;
    this.#group = [];
    this.#groupBytes = 0;
    for (const [at, applied] of this.memory.applyAgain(group).entries()) {
      const transaction = group[at];
      if (!transaction) continue;
      if (applied.kind === 'refused') throw new ReplayFailed(transaction.lsn, applied.message);
      if (transaction.client === this.#client && transaction.clientSeq > this.#answeredSeq)
        this.#settled.push({ seq: transaction.clientSeq, results: applied.results });
    }
  }
}
