/**
 * Lines as the bytes that will be written. A line is built from dozens of small strings, all of which live as long as it
 * does: as bytes, outside the heap, thousands that wait for the next write are no work for the garbage collector.
 */
const FIRST_BYTES = 2048;
/** The most that UTF-8 takes for one UTF-16 code unit. */
const BYTES_PER_UNIT = 3;
const LINE_FEED = 0x0a;

export class LineBytes {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns the bytes that it takes. */
  add(line: string): number {
    const most = line.length * BYTES_PER_UNIT + 1;
    if (this.#length + most > this.#bytes.length) this.#grow(most);
    const written = this.#bytes.write(line, this.#length);
    this.#bytes[this.#length + written] = LINE_FEED;
    this.#length += written + 1;
    return written + 1;
  }

  /** All that was added, of which nothing stays. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return taken;
  }

  /** What was taken and is not written after all, before what came since. */
  putBack(taken: Uint8Array): void {
    this.#bytes = Buffer.concat([taken, this.#bytes.subarray(0, this.#length)]);
    this.#length = this.#bytes.length;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(
      Math.max(FIRST_BYTES, this.#bytes.length * 2, this.#length + needed),
    );
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
