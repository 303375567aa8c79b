/**
 * Writes the records of one page in the form of `store/record-batch.ts`. A later record with the same key takes the
 * place of an earlier one. One writer serves page after page; its buffer is reused.
 */
export class BatchWriter {
  #body = Buffer.allocUnsafe(256 * 1024);
  #used = 0;
  #entries: Entry[] = [];
  #byKey = new Map<string, Entry>();
  #replaced = 0;

  /** Records of the page that a later one replaced. */
  get replaced(): number {
    return this.#replaced;
  }

  begin(): void {
    this.#used = 0;
    this.#entries = [];
    this.#byKey = new Map();
    this.#replaced = 0;
    // One huge page must not keep its memory for ever.
    if (this.#body.length > LARGEST_KEPT) this.#body = Buffer.allocUnsafe(LARGEST_KEPT);
  }

  /** `hash`: 16 bytes as hex. */
  add(key: string, data: string, hash: string): void {
    this.#reserve(3 * (key.length + data.length));
    const start = this.#used;
    const keyBytes = this.#body.write(key, start);
    const dataBytes = this.#body.write(data, start + keyBytes);
    this.#used = start + keyBytes + dataBytes;
    const entry: Entry = { start, keyBytes, dataBytes, hash, live: true };
    const earlier = this.#byKey.get(key);
    if (earlier) {
      earlier.live = false;
      this.#replaced++;
    }
    this.#byKey.set(key, entry);
    this.#entries.push(entry);
  }

  /** The batch in an ArrayBuffer of its own, or null when nothing was added. */
  finish(): Uint8Array | null {
    if (this.#entries.length === 0) return null;
    const live = this.#replaced === 0 ? this.#entries : this.#entries.filter((one) => one.live);
    const bodyStart = HEAD_BYTES + live.length * ENTRY_BYTES;
    const bodyBytes = live.reduce((sum, one) => sum + one.keyBytes + one.dataBytes, 0);
    const out = Buffer.from(new ArrayBuffer(bodyStart + bodyBytes));
    out.writeUInt32LE(MAGIC, 0);
    out.writeUInt32LE(live.length, 4);
    let at = HEAD_BYTES;
    let to = bodyStart;
    for (const { start, keyBytes, dataBytes, hash } of live) {
      at = out.writeUInt32LE(keyBytes, at);
      at = out.writeUInt32LE(dataBytes, at);
      at += out.write(hash, at, HASH_BYTES, 'hex');
      if (this.#replaced === 0) continue;
      to += this.#body.copy(out, to, start, start + keyBytes + dataBytes);
    }
    if (this.#replaced === 0) this.#body.copy(out, bodyStart, 0, this.#used);
    return new Uint8Array(out.buffer);
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#body.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#body.length));
    this.#body.copy(larger, 0, 0, this.#used);
    this.#body = larger;
  }
}

const MAGIC = 0x31425250;
const HEAD_BYTES = 8;
const HASH_BYTES = 16;
const ENTRY_BYTES = 8 + HASH_BYTES;
const LARGEST_KEPT = 4 * 1024 * 1024;

interface Entry {
  readonly start: number;
  readonly keyBytes: number;
  readonly dataBytes: number;
  readonly hash: string;
  live: boolean;
}
