import { say, type Sentence } from '../../../../shared/sentences.ts';
import { readRange, type StoreFile, type StoreFiles } from '../files/store-files.ts';
import type { EncodedTransaction } from '../transaction.ts';
import {
  bytesWanted,
  decodeFrame,
  decodeHeader,
  decodePayload,
  FRAME_MAGIC_BYTES,
  HEADER_BYTES,
  seedOf,
  type Frame,
  type JournalHeader,
} from './frame.ts';

const WINDOW_BYTES = 4 * 1024 * 1024;

/** Its blobs are views of what was read, which nobody writes to again. */
export interface JournaledTransaction extends EncodedTransaction {
  readonly lsn: number;
  readonly client: number;
  readonly clientSeq: number;
}

/** How a journal ends. */
export type JournalEnd =
  /** After a whole frame. */
  | { readonly kind: 'clean'; readonly size: number }
  /** In bytes that a crash left behind before they were acknowledged; `size` is what is good. */
  | { readonly kind: 'torn'; readonly size: number; readonly dropped: number }
  /** Before its end, in the middle of what was acknowledged. */
  | { readonly kind: 'damaged'; readonly size: number; readonly why: Sentence };

export async function readJournalHeader(
  files: StoreFiles,
  path: string,
): Promise<JournalHeader | null> {
  const file = await files.open(path, 'read');
  try {
    return decodeHeader(await readRange(file, 0, HEADER_BYTES));
  } finally {
    await file.close();
  }
}

/**
 * Reads a journal from its start, giving each transaction with an LSN above `afterLsn` in order, once. A transaction
 * that stands there twice is given once; an LSN that is left out is damage.
 */
export async function readJournal(
  files: StoreFiles,
  path: string,
  header: JournalHeader,
  afterLsn: number,
  visit: (transaction: JournaledTransaction) => void,
): Promise<JournalEnd> {
  const file = await files.open(path, 'read');
  try {
    const { size } = await file.identity();
    const replay = new Replay(new Window(file, size), seedOf(header), afterLsn, header.firstLsn);
    return await replay.run(visit);
  } finally {
    await file.close();
  }
}

/** The part of a file that is in memory. */
class Window {
  readonly #file: StoreFile;
  readonly size: number;
  bytes: Buffer = Buffer.alloc(0);
  /** Where in the file `bytes` begins. */
  start = 0;

  constructor(file: StoreFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** Makes sure that `length` bytes from `position` on are in memory, as far as the file reaches. */
  async cover(position: number, length: number): Promise<void> {
    const end = Math.min(position + length, this.size);
    if (position >= this.start && end <= this.start + this.bytes.length) return;
    this.bytes = await readRange(
      this.#file,
      position,
      Math.min(Math.max(length, WINDOW_BYTES), Math.max(0, this.size - position)),
    );
    this.start = position;
  }
}

class Replay {
  readonly #window: Window;
  readonly #seed: number;
  readonly #afterLsn: number;
  #last: number;
  #position = HEADER_BYTES;
  #parts: Buffer[] = [];

  constructor(window: Window, seed: number, afterLsn: number, firstLsn: number) {
    this.#window = window;
    this.#seed = seed;
    this.#afterLsn = afterLsn;
    this.#last = firstLsn - 1;
  }

  async run(visit: (transaction: JournaledTransaction) => void): Promise<JournalEnd> {
    /** Behind the last whole transaction. */
    let good = this.#position;
    while (this.#position < this.#window.size) {
      // Most frames are there already, and a hundred thousand of them need not wait for their turn each.
      const frame = this.#read() ?? (await this.#readOn());
      if (!frame) return this.#judge(good);
      const isOutOfOrder = frame.kind !== 'seal' && frame.lsn > this.#last + 1;
      if (isOutOfOrder || !this.#fits(frame))
        return damaged(good, say('transactionMissing', { lsn: this.#last + 1 }));
      this.#position = this.#window.start + frame.end;
      if (frame.kind === 'continued') continue;
      good = this.#position;
      if (frame.kind === 'whole') this.#give(frame, visit);
    }
    return this.#parts.length > 0
      ? { kind: 'torn', size: good, dropped: this.#window.size - good }
      : { kind: 'clean', size: good };
  }

  /** The next frame if the whole of it is in memory. */
  #read(): Frame | null {
    return decodeFrame(this.#window.bytes, this.#position - this.#window.start, this.#seed);
  }

  async #readOn(): Promise<Frame | null> {
    await this.#window.cover(this.#position, 64 * 1024);
    const wanted = bytesWanted(this.#window.bytes, this.#position - this.#window.start);
    if (wanted > 0) await this.#window.cover(this.#position, wanted);
    return this.#read();
  }

  /** Parts of a transaction follow one another; a repeated one is passed over. */
  #fits(frame: Frame): boolean {
    if (frame.kind === 'seal') return true;
    if (frame.lsn <= this.#last) return true;
    if (frame.part < this.#parts.length) return true;
    if (frame.part > this.#parts.length) return false;
    if (frame.kind === 'continued') this.#parts.push(Buffer.from(frame.payload));
    return true;
  }

  #give(frame: Frame, visit: (transaction: JournaledTransaction) => void): void {
    if (frame.lsn <= this.#last || frame.part !== this.#parts.length) return;
    const payload =
      this.#parts.length === 0 ? frame.payload : Buffer.concat([...this.#parts, frame.payload]);
    this.#parts = [];
    this.#last = frame.lsn;
    if (frame.lsn <= this.#afterLsn) return;
    const { lsn, client, clientSeq } = frame;
    visit({ ...decodePayload(payload), lsn, client, clientSeq });
  }

  /** Something follows that is no frame: a torn tail, or damage if a later frame knows that this was on disk. */
  async #judge(good: number): Promise<JournalEnd> {
    const expected = this.#last + 1;
    const witness = await this.#findLater((frame) => frame.durableLsn >= expected);
    return witness
      ? damaged(good, say('transactionDamaged', { lsn: expected }))
      : { kind: 'torn', size: good, dropped: this.#window.size - good };
  }

  async #findLater(matches: (frame: Frame) => boolean): Promise<boolean> {
    for (let position = this.#position + 1; position < this.#window.size;) {
      await this.#window.cover(position, 64 * 1024);
      const at = this.#window.bytes.indexOf(FRAME_MAGIC_BYTES, position - this.#window.start);
      if (at < 0) {
        position = Math.max(
          position + 1,
          this.#window.start + this.#window.bytes.length - FRAME_MAGIC_BYTES.length + 1,
        );
        continue;
      }
      position = this.#window.start + at;
      const wanted = bytesWanted(this.#window.bytes, at);
      if (wanted > 0) await this.#window.cover(position, wanted);
      const frame = decodeFrame(this.#window.bytes, position - this.#window.start, this.#seed);
      if (frame && matches(frame)) return true;
      position += 1;
    }
    return false;
  }
}

function damaged(size: number, why: Sentence): JournalEnd {
  return { kind: 'damaged', size, why };
}
