/** From here on a body is put together as it comes: its pieces and the whole never stand in memory side by side. */
const PUT_TOGETHER_BYTES = 1024 * 1024;

/** Room that is not written to takes no memory, but each time there is more of it the body is there twice. */
const GROWTH = 4;

/** A body while it arrives, in pieces that belong to the socket's own buffers. */
export class ReceivedBody {
  #chunks: Buffer[] = [];
  #whole: Buffer | null = null;
  #size = 0;
  readonly #announcedBytes: number;
  readonly #mostBytes: number;

  /** `announcedBytes`: as the server said, 0 when it did not; `mostBytes`: what may come at most. */
  constructor(announcedBytes: number, mostBytes: number) {
    this.#announcedBytes = announcedBytes;
    this.#mostBytes = mostBytes;
  }

  get size(): number {
    return this.#size;
  }

  add(chunk: Buffer): void {
    const start = this.#size;
    this.#size += chunk.length;
    if (this.#size < PUT_TOGETHER_BYTES) this.#chunks.push(chunk);
    else this.#roomFor(this.#size, start).set(chunk, start);
  }

  /** All of it; nothing is kept here. */
  take(): Buffer {
    const chunks = this.#chunks;
    const whole = this.#whole?.subarray(0, this.#size);
    this.#chunks = [];
    this.#whole = null;
    if (whole !== undefined) return whole;
    const [only] = chunks;
    return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, this.#size);
  }

  #roomFor(bytes: number, usedBytes: number): Buffer {
    const before = this.#whole;
    if (before !== null && before.length >= bytes) return before;
    const grown = Math.min(GROWTH * bytes, Math.max(bytes, this.#mostBytes));
    const whole = Buffer.allocUnsafeSlow(
      this.#announcedBytes >= bytes ? this.#announcedBytes : grown,
    );
    let at = 0;
    for (const part of before === null ? this.#chunks : [before.subarray(0, usedBytes)]) {
      whole.set(part, at);
      at += part.length;
    }
    this.#chunks = [];
    this.#whole = whole;
    return whole;
  }
}
