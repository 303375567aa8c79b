/**
 * The bytes of one database, in chunks that threads can share, with images of it that cost nothing to take.
 *
 * An image is the list of chunks as they are at one moment. From then on whoever writes copies the chunk first, so that
 * the image stays as it was while the file moves on; when the last image is released, writing in place begins again.
 * The same trick as that of a process that forks to save itself: a snapshot needs neither a pause nor a second database
 * in memory, only a copy of what changes while it is written.
 *
 * Chunks that nobody shows any more are used again. They must be: of memory that threads share V8 does not know how
 * much it is, so garbage of it makes no collection come sooner.
 */

/** Copied at the first write after an image is taken: small enough not to be felt, large enough to be few. */
export const CHUNK_BYTES = 64 * 1024;

/** Chunks that are kept for the next use; those beyond are left to the garbage collector. */
const MOST_SPARE = (64 * 1024 * 1024) / CHUNK_BYTES;
const spare: Uint8Array[] = [];

/** A database as it was at one moment. Its chunks change no more until it is released; they may go to another thread. */
export interface DatabaseImage extends ImageBytes {
  /** Nobody looks at it any more. Twice is harmless. */
  release(): void;
}

/** The part of an image that another thread can be given. */
export interface ImageBytes {
  readonly size: number;
  /** All of `CHUNK_BYTES`; the last one reaches beyond `size`. */
  readonly chunks: readonly Uint8Array[];
}

export class PagedFile {
  readonly #chunks: Uint8Array[];
  /** Chunks that an image shows too. */
  readonly #shared: boolean[];
  /** Chunks that only images show; null when they are not ours to use again. */
  #retired: Uint8Array[] | null;
  #images: number;
  #size: number;

  private constructor(base: ImageBytes | null) {
    this.#chunks = base ? [...base.chunks] : [];
    this.#shared = this.#chunks.map(() => true);
    this.#retired = base ? null : [];
    this.#images = base ? 1 : 0;
    this.#size = base?.size ?? 0;
  }

  static empty(): PagedFile {
    return new PagedFile(null);
  }

  static of(bytes: Uint8Array): PagedFile {
    const file = PagedFile.empty();
    file.write(bytes, 0);
    return file;
  }

  /** A file that begins as an image, which whoever writes to this file leaves as it is. */
  static over(image: ImageBytes): PagedFile {
    return new PagedFile(image);
  }

  get size(): number {
    return this.#size;
  }

  /** Fills `target` from `position` on, as far as the file reaches; answers how many bytes that were. */
  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#size - position));
    for (let at = 0; at < length;) {
      const { chunk, from, to } = pieceAt(position + at, length - at);
      target.set((this.#chunks[chunk] as Uint8Array).subarray(from, to), at);
      at += to - from;
    }
    return length;
  }

  /** Throws a `RangeError` when there is no memory left. */
  write(bytes: Uint8Array, position: number): void {
    for (let at = 0; at < bytes.length;) {
      const { chunk, from, to } = pieceAt(position + at, bytes.length - at);
      this.#writable(chunk).set(bytes.subarray(at, at + to - from), from);
      at += to - from;
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  /** What is cut off is gone, and what is added is zero. */
  truncate(size: number): void {
    if (size < this.#size) {
      const kept = Math.ceil(size / CHUNK_BYTES);
      this.#drop(kept);
      const end = size % CHUNK_BYTES;
      if (end > 0) this.#writable(kept - 1).fill(0, end);
    }
    this.#size = size;
    if (size > 0) this.#reach(Math.ceil(size / CHUNK_BYTES) - 1);
  }

  /** The file as it is now. */
  image(): DatabaseImage {
    this.#images++;
    this.#shared.fill(true);
    let isHeld = true;
    return {
      size: this.#size,
      chunks: [...this.#chunks],
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#images--;
        if (this.#images > 0) return;
        this.#shared.fill(false);
        recycle(this.#retired?.splice(0) ?? []);
      },
    };
  }

  /** Nobody reads or writes the file any more; its images stay what they are. */
  discard(): void {
    this.#drop(0);
    this.#size = 0;
  }

  #writable(chunk: number): Uint8Array {
    this.#reach(chunk);
    const bytes = this.#chunks[chunk] as Uint8Array;
    if (!this.#shared[chunk]) return bytes;
    const own = spare.pop() ?? newChunk();
    own.set(bytes);
    this.#retired?.push(bytes);
    this.#chunks[chunk] = own;
    this.#shared[chunk] = false;
    return own;
  }

  /** Takes away the chunks from this one on. */
  #drop(from: number): void {
    const dropped = this.#chunks.splice(from);
    const wasShared = this.#shared.splice(from);
    this.#retired?.push(...dropped.filter((_, at) => wasShared[at]));
    recycle(dropped.filter((_, at) => !wasShared[at]));
  }

  #reach(chunk: number): void {
    while (this.#chunks.length <= chunk) {
      this.#chunks.push(spare.pop()?.fill(0) ?? newChunk());
      this.#shared.push(false);
    }
  }
}

function newChunk(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(CHUNK_BYTES));
}

function recycle(chunks: readonly Uint8Array[]): void {
  for (const chunk of chunks) if (spare.length < MOST_SPARE) spare.push(chunk);
}

/** The part of one chunk that a range begins with: of a page of SQLite always the whole. */
function pieceAt(
  position: number,
  length: number,
): { readonly chunk: number; readonly from: number; readonly to: number } {
  const chunk = Math.floor(position / CHUNK_BYTES);
  const from = position - chunk * CHUNK_BYTES;
  return { chunk, from, to: Math.min(CHUNK_BYTES, from + length) };
}
