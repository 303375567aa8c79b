import type { PagedFile } from './paged-file.ts';
import type { WasmImports, WasmMemory } from './web-assembly.ts';

/**
 * The file calls of the WebAssembly module, so that the databases in it lie in files of ours instead of in Emscripten's
 * own: those are one array each, which is copied whole to grow, to shrink, to be opened and to be exported.
 *
 * Only what SQLite does with the content of an open database is ours; names, locks and all other files stay
 * Emscripten's. The names are those that the linker gave the calls in the pinned version of sql.js; a database that is
 * opened when the module is loaded proves that they are right.
 */
const CALLS = {
  open: 'x',
  close: 'e',
  read: 't',
  write: 'q',
  seek: 'E',
  truncate: 'J',
  stat: 'g',
} as const;

/** As sql.js names its databases. */
const DATABASE_NAME = /^\/?dbfile_\d+$/;

/** Errors of WASI, and the fields of Emscripten's `struct stat` and `struct iovec`. */
const ENOSPC = 51;
const EINVAL = 28;
const STAT_SIZE_AT = 24;
const VECTOR_BYTES = 8;
const SEEK_SET = 0;
const SEEK_CURRENT = 1;
const LONGEST_NAME = 64;

type Call = (...args: never[]) => unknown;

interface OpenFile {
  readonly file: PagedFile;
  position: number;
}

export class FileCalls {
  readonly #open = new Map<number, OpenFile>();
  #memory: WasmMemory | null = null;
  #next: PagedFile | null = null;
  #seenBytes = new Uint8Array(0);
  #seenView = new DataView(new ArrayBuffer(0));

  /** The next database that is opened lies in this file. */
  expect(file: PagedFile): void {
    this.#next = file;
  }

  /** Whether a database was opened in the file that was expected last. */
  get hasTaken(): boolean {
    return this.#next === null;
  }

  useMemory(memory: WasmMemory): void {
    this.#memory = memory;
  }

  /** The module's imports, with our calls before theirs. */
  before(imports: WasmImports): WasmImports {
    const [[name, theirs] = ['', {}]] = Object.entries(imports);
    const ours = { ...theirs };
    const put = (call: keyof typeof CALLS, make: (original: Call) => Call) => {
      const original = theirs[CALLS[call]];
      if (!original) throw new Error(`The database module has no call '${CALLS[call]}'.`);
      ours[CALLS[call]] = make(original);
    };
    put('open', (original) => this.#opening(original as OpenCall));
    put('close', (original) => this.#closing(original as CloseCall));
    put('read', (original) => this.#reading(original as VectorCall));
    put('write', (original) => this.#writing(original as VectorCall));
    put('seek', (original) => this.#seeking(original as SeekCall));
    put('truncate', (original) => this.#truncating(original as TruncateCall));
    put('stat', (original) => this.#telling(original as StatCall));
    return { ...imports, [name]: ours };
  }

  #opening(original: OpenCall): OpenCall {
    return (folder, path, flags, more) => {
      const descriptor = original(folder, path, flags, more);
      const file = this.#next;
      if (file && descriptor >= 0 && DATABASE_NAME.test(this.#text(path))) {
        this.#next = null;
        this.#open.set(descriptor, { file, position: 0 });
      }
      return descriptor;
    };
  }

  #closing(original: CloseCall): CloseCall {
    return (descriptor) => {
      this.#open.delete(descriptor);
      return original(descriptor);
    };
  }

  #reading(original: VectorCall): VectorCall {
    return (descriptor, vectors, count, total) => {
      const open = this.#open.get(descriptor);
      if (!open) return original(descriptor, vectors, count, total);
      let done = 0;
      for (let number = 0; number < count; number++) {
        const target = this.#vector(vectors, number);
        const read = open.file.read(target, open.position);
        open.position += read;
        done += read;
        if (read < target.length) break;
      }
      this.#view.setUint32(total, done, true);
      return 0;
    };
  }

  #writing(original: VectorCall): VectorCall {
    return (descriptor, vectors, count, total) => {
      const open = this.#open.get(descriptor);
      if (!open) return original(descriptor, vectors, count, total);
      let done = 0;
      try {
        for (let number = 0; number < count; number++) {
          const bytes = this.#vector(vectors, number);
          open.file.write(bytes, open.position);
          open.position += bytes.length;
          done += bytes.length;
        }
      } catch {
        // No memory left: to SQLite the disk is full, and it rolls back.
        return ENOSPC;
      }
      this.#view.setUint32(total, done, true);
      return 0;
    };
  }

  #seeking(original: SeekCall): SeekCall {
    return (descriptor, offset, whence, result) => {
      const open = this.#open.get(descriptor);
      if (!open) return original(descriptor, offset, whence, result);
      const from =
        whence === SEEK_SET ? 0 : whence === SEEK_CURRENT ? open.position : open.file.size;
      const position = from + Number(offset);
      if (position < 0) return EINVAL;
      open.position = position;
      this.#view.setBigInt64(result, BigInt(position), true);
      return 0;
    };
  }

  #truncating(original: TruncateCall): TruncateCall {
    return (descriptor, size) => {
      const open = this.#open.get(descriptor);
      if (!open) return original(descriptor, size);
      try {
        open.file.truncate(Number(size));
        return 0;
      } catch {
        return -ENOSPC;
      }
    };
  }

  #telling(original: StatCall): StatCall {
    return (descriptor, into) => {
      const result = original(descriptor, into);
      const open = this.#open.get(descriptor);
      if (open && result === 0)
        this.#view.setBigInt64(into + STAT_SIZE_AT, BigInt(open.file.size), true);
      return result;
    };
  }

  #vector(vectors: number, number: number): Uint8Array {
    const view = this.#view;
    const at = vectors + number * VECTOR_BYTES;
    const start = view.getUint32(at, true);
    return this.#bytes.subarray(start, start + view.getUint32(at + 4, true));
  }

  #text(at: number): string {
    const bytes = Buffer.from(this.#bytes.subarray(at, at + LONGEST_NAME));
    const end = bytes.indexOf(0);
    return bytes.toString('latin1', 0, end < 0 ? LONGEST_NAME : end);
  }

  get #bytes(): Uint8Array {
    this.#lookAgain();
    return this.#seenBytes;
  }

  get #view(): DataView {
    this.#lookAgain();
    return this.#seenView;
  }

  /** Memory that has grown lies in another buffer. */
  #lookAgain(): void {
    const buffer = this.#memory?.buffer;
    if (!buffer) throw new Error('The database module has no memory yet.');
    if (this.#seenBytes.buffer === buffer) return;
    this.#seenBytes = new Uint8Array(buffer);
    this.#seenView = new DataView(buffer);
  }
}

// Numbers are descriptors, and addresses in the module's memory.
type OpenCall = (folder: number, path: number, flags: number, more: number) => number;
type CloseCall = (descriptor: number) => number;
type VectorCall = (descriptor: number, vectors: number, count: number, total: number) => number;
type SeekCall = (descriptor: number, offset: bigint, whence: number, result: number) => number;
type TruncateCall = (descriptor: number, size: bigint) => number;
type StatCall = (descriptor: number, into: number) => number;
