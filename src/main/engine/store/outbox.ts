import { say } from '../../../shared/sentences.ts';
import { hasOwnBuffer } from '../own-buffer.ts';
import { TransitMap } from '../transit.ts';
import type { AnyResult } from './apply/applier.ts';
import type { Op } from './ops.ts';
import { StoreUnavailable } from './store.ts';
import type { ToStore } from './thread-protocol.ts';
import { encodeTransaction, type EncodedTransaction } from './transaction.ts';

/** Bytes from here on are handed over instead of copied; they cannot be sent a second time. */
const TRANSFER_FROM_BYTES = 64 * 1024;

/** While so many messages are not answered, transactions gather: fewer and larger groups cost the store less. */
const MOST_UNDER_WAY = 2;
/** With so many gathered a message is worth its price. */
const WORTH_A_MESSAGE = 64;

export interface Pending {
  readonly seq: number;
  resolve(results: readonly AnyResult[] | null): void;
  reject(error: Error): void;
}

interface Entry extends Pending {
  transaction: EncodedTransaction;
  isHandedOver: boolean;
}

type Post = (message: ToStore, transfer: readonly ArrayBuffer[]) => void;

/**
 * The transactions that wait for an answer, in order. Those of one turn of the loop leave in one message; while the other
 * side is busy, those of several do.
 */
export class Outbox {
  readonly #post: Post;
  readonly #pending = new TransitMap<number, Entry>();
  #unsent: Entry[] = [];
  #lastSeq = 0;
  #isOpen = false;
  #isPlanned = false;
  /** The last transaction of each message that is not answered. */
  #underWay: number[] = [];

  constructor(post: Post) {
    this.#post = post;
  }

  /** Up to here every transaction was answered. */
  get answeredSeq(): number {
    for (const seq of this.#pending.keys()) return seq - 1;
    return this.#lastSeq;
  }

  /** Takes a transaction; the promise settles with what became of it, `stored` hears of it before. */
  add(
    ops: readonly Op[],
    stored: (results: readonly AnyResult[]) => void,
  ): Promise<readonly AnyResult[]> {
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        seq: ++this.#lastSeq,
        transaction: encodeTransaction(ops),
        isHandedOver: false,
        resolve: (given) => {
          const results = given ?? ops.map(() => null);
          stored(results);
          resolve(results);
        },
        reject,
      };
      this.#pending.set(entry.seq, entry);
      this.#unsent.push(entry);
      this.#plan();
    });
  }

  take(seq: number): Pending | undefined {
    const entry = this.#pending.get(seq);
    this.#pending.delete(seq);
    if (this.#underWay[0] !== undefined && seq >= this.#underWay[0]) {
      this.#underWay.shift();
      this.#plan();
    }
    return entry;
  }

  takeAll(): Pending[] {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    this.#unsent = [];
    return all;
  }

  /** The other side listens: sends what is not answered, for the first time or again. */
  open(): void {
    this.#isOpen = true;
    const lost = [...this.#pending.values()].filter((entry) => entry.isHandedOver);
    for (const entry of lost) {
      this.#pending.delete(entry.seq);
      entry.reject(new StoreUnavailable(say('storeFailed')));
    }
    this.#unsent = [...this.#pending.values()];
    this.#underWay = [];
    this.flush();
  }

  /** The other side is gone; what is not answered is kept. */
  shut(): void {
    this.#isOpen = false;
  }

  flush(): void {
    if (!this.#isOpen || this.#unsent.length === 0) return;
    const unsent = this.#unsent;
    this.#unsent = [];
    for (let from = 0; from < unsent.length;) {
      let to = from + 1;
      while (to < unsent.length && unsent[to]?.seq === (unsent[to - 1]?.seq ?? 0) + 1) to++;
      this.#send(unsent.slice(from, to));
      from = to;
    }
  }

  #plan(): void {
    if (this.#isPlanned || this.#unsent.length === 0) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      // What waits here waits for no longer than it would on the other side, where the answers are being worked on.
      if (this.#underWay.length < MOST_UNDER_WAY || this.#unsent.length >= WORTH_A_MESSAGE)
        this.flush();
    });
  }

  /** Entries whose numbers follow one another. */
  #send(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    this.#underWay.push(entries.at(-1)?.seq ?? first.seq);
    const blobs = entries.flatMap((entry) => this.#blobsOf(entry));
    const transfer = entries
      .filter(({ isHandedOver }) => isHandedOver)
      .flatMap(({ transaction }) => transaction.blobs.map((blob) => blob.buffer as ArrayBuffer));
    this.#post(
      {
        type: 'commit',
        firstSeq: first.seq,
        texts: entries.map(({ transaction }) => transaction.text).join('\n'),
        blobCounts:
          blobs.length === 0 ? null : entries.map((entry) => entry.transaction.blobs.length),
        blobs,
      },
      transfer,
    );
  }

  /** Large ones go without a copy when they have their buffer for themselves; the store says so to who commits them. */
  #blobsOf(entry: Entry): readonly Uint8Array[] {
    const { text, blobs } = entry.transaction;
    if (blobs.length === 0) return blobs;
    const isLarge = blobs.reduce((sum, { length }) => sum + length, 0) >= TRANSFER_FROM_BYTES;
    if (!isLarge) return blobs;
    const whole = blobs.map((blob) => (hasOwnBuffer(blob) ? blob : Uint8Array.from(blob)));
    entry.transaction = { text, blobs: whole };
    entry.isHandedOver = true;
    return whole;
  }
}
