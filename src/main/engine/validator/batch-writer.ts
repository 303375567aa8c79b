import { hasOwnBuffer } from '../own-buffer.ts';

/**
 * Writes the records of one page in the form of `store/record-batch.ts`. A later record with the same key takes the
 * place of an earlier one. One writer serves page after page; its buffer is reused.
 *
 * Entries and bodies are written where they will stay if every record of the page is good, which is the usual case and
 * then costs one copy. Memory that is reserved and not written to is never taken from the machine.
 */
export class BatchWriter {
  #buffer = Buffer.alloc(0);
  /** Where the records' bodies begin: room for the entries of all records of the page is before. */
  #bodyStart = HEAD_BYTES;
  #end = HEAD_BYTES;
  #count = 0;
  #byKey = new Map<string, number>();
  #replaced = new Set<number>();

  /** Records of the page that a later one replaced. */
  get replaced(): number {
    return this.#replaced.size;
  }

  /** `mostRecords` is a limit, `expectedBytes` an estimate of what keys and texts will take. */
  begin(mostRecords: number, expectedBytes: number): void {
    this.#bodyStart = HEAD_BYTES + mostRecords * ENTRY_BYTES;
    this.#end = this.#bodyStart;
    this.#count = 0;
    this.#byKey = new Map();
    this.#replaced = new Set();
    const room = this.#bodyStart + expectedBytes + expectedBytes / 4;
    if (this.#buffer.length < room) this.#buffer = reserved(Math.max(room, SMALLEST_BUFFER));
  }

  /** `hash`: 16 bytes as hex. */
  add(key: string, data: string, hash: string): void {
    this.#makeRoom(3 * (key.length + data.length));
    const buffer = this.#buffer;
    const keyBytes = buffer.write(key, this.#end);
    const dataBytes = buffer.write(data, this.#end + keyBytes);
    this.#end += keyBytes + dataBytes;
    const index = this.#count++;
    const entry = HEAD_BYTES + index * ENTRY_BYTES;
    buffer.writeUInt32LE(keyBytes, entry);
    buffer.writeUInt32LE(dataBytes, entry + 4);
    buffer.write(hash, entry + 8, HASH_BYTES, 'hex');
    const earlier = this.#byKey.get(key);
    if (earlier !== undefined) this.#replaced.add(earlier);
    this.#byKey.set(key, index);
  }

  /** The batch in an ArrayBuffer of its own, which it fills but for a little room; null when nothing was added. */
  finish(): Uint8Array | null {
    if (this.#count === 0) return null;
    const buffer = this.#buffer;
    const kept = this.#count - this.#replaced.size;
    const isWhole = HEAD_BYTES + kept * ENTRY_BYTES === this.#bodyStart;
    buffer.writeUInt32LE(MAGIC, 0);
    buffer.writeUInt32LE(kept, 4);
    this.#byKey = new Map();
    // One huge page must not keep its memory for ever, nor be copied for the sake of a little room at its end.
    const isGivenAway = buffer.length > LARGEST_KEPT;
    if (isGivenAway) this.#buffer = Buffer.alloc(0);
    if (!isWhole) return this.#compacted(buffer, kept);
    const batch = new Uint8Array(buffer.buffer, 0, this.#end);
    return isGivenAway && hasOwnBuffer(batch) ? batch : new Uint8Array(batch);
  }

  /** Without the records that were replaced and without the room of those that were never added. */
  #compacted(buffer: Buffer, kept: number): Uint8Array {
    const out = new Uint8Array(HEAD_BYTES + kept * ENTRY_BYTES + this.#end - this.#bodyStart);
    out.set(buffer.subarray(0, HEAD_BYTES));
    let from = this.#bodyStart;
    let to = HEAD_BYTES + kept * ENTRY_BYTES;
    let at = HEAD_BYTES;
    for (let index = 0; index < this.#count; index++) {
      const entry = HEAD_BYTES + index * ENTRY_BYTES;
      const bytes = buffer.readUInt32LE(entry) + buffer.readUInt32LE(entry + 4);
      if (!this.#replaced.has(index)) {
        out.set(buffer.subarray(entry, entry + ENTRY_BYTES), at);
        out.set(buffer.subarray(from, from + bytes), to);
        at += ENTRY_BYTES;
        to += bytes;
      }
      from += bytes;
    }
    return to === out.length ? out : out.slice(0, to);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = reserved(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = larger;
  }
}

const MAGIC = 0x31425250;
const HEAD_BYTES = 8;
const HASH_BYTES = 16;
const ENTRY_BYTES = 8 + HASH_BYTES;
const SMALLEST_BUFFER = 256 * 1024;
const LARGEST_KEPT = 4 * 1024 * 1024;

function reserved(bytes: number): Buffer<ArrayBuffer> {
  return Buffer.from(new ArrayBuffer(Math.ceil(bytes)));
}
