import type {
  FileIdentity,
  StoreFile,
  StoreFiles,
} from '../../src/main/engine/store/files/store-files.ts';

/** What happens at an operation. */
export type Fault =
  /** It fails with this code; a write may have taken some bytes before. */
  | { readonly kind: 'fail'; readonly code: string; readonly forEver: boolean }
  /** A write takes only half of its bytes, which is no error. */
  | { readonly kind: 'short' }
  /** The machine stops before the operation: nothing answers any more. */
  | { readonly kind: 'crash' };

/** What a crash leaves of that which was not synced. */
export type Survival = 'nothing' | 'everything' | { readonly random: () => number };

export interface Operation {
  readonly number: number;
  readonly what: string;
  readonly path: string;
}

type Write =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number };

interface Inode {
  readonly id: number;
  content: Buffer;
  durable: Buffer;
  pending: Write[];
}

type NameChange = (names: Map<string, Inode>) => void;

const SECTOR = 512;

/**
 * A disk in memory that keeps what a real one promises and nothing more: bytes are durable after a sync of their
 * file, names after a sync of their folder. It counts its operations and can fail, cut short or stop at any one.
 */
export class FaultyFiles implements StoreFiles {
  readonly #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #nameChanges: NameChange[] = [];
  #nextInode = 1;
  #count = 0;
  #faults = new Map<number, Fault>();
  #failFrom: { readonly from: number; readonly code: string } | null = null;
  #hasCrashed = false;
  #onCrash: () => void = () => undefined;
  readonly operations: Operation[] = [];
  /** Bytes that it says can still be written. */
  free = Number.MAX_SAFE_INTEGER;
  /** The home's own inode; another one means that the folder was replaced. */
  homeInode = 'home';
  /** Resolves when a planned crash has happened. */
  readonly crashed = new Promise<void>((resolve) => (this.#onCrash = resolve));

  /** Operations so far. */
  get count(): number {
    return this.#count;
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** Plans a fault for the operation with this number, counted from 1. */
  plan(number: number, fault: Fault): this {
    if (fault.kind === 'fail' && fault.forEver) this.#failFrom = { from: number, code: fault.code };
    else this.#faults.set(number, fault);
    return this;
  }

  /** Every fault is over: the disk works again. */
  repair(): void {
    this.#faults.clear();
    this.#failFrom = null;
  }

  /** Fails from now on, until `repair`. */
  breakDown(code: string): void {
    this.#failFrom = { from: 0, code };
  }

  /** What would be there if the machine stopped now and started again: another disk. */
  afterCrash(survival: Survival): FaultyFiles {
    const names = new Map(this.#durableNames);
    const kept =
      survival === 'nothing'
        ? 0
        : survival === 'everything'
          ? this.#nameChanges.length
          : Math.floor(survival.random() * (this.#nameChanges.length + 1));
    // A journaling file system keeps changes of names in their order.
    for (const change of this.#nameChanges.slice(0, kept)) change(names);
    const next = new FaultyFiles();
    for (const [name, inode] of names) next.put(name, survivorOf(inode, survival));
    return next;
  }

  /** A copy of this disk, all of it durable, without faults. */
  clone(): FaultyFiles {
    const copy = new FaultyFiles();
    for (const [name, inode] of this.#names) copy.put(name, Buffer.from(inode.content));
    return copy;
  }

  /** Puts a durable file there, from outside. */
  put(path: string, content: Uint8Array): void {
    const bytes = Buffer.from(content);
    const inode = { id: this.#nextInode++, content: bytes, durable: bytes, pending: [] };
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  take(path: string): void {
    this.#names.delete(path);
    this.#durableNames.delete(path);
  }

  content(path: string): Buffer {
    const inode = this.#names.get(path);
    if (!inode) throw new Error(`There is no ${path}.`);
    return inode.content;
  }

  get paths(): readonly string[] {
    return [...this.#names.keys()].sort();
  }

  async list(folder: string): Promise<readonly string[]> {
    await this.#step('list', folder);
    const prefix = folder === '.' ? '' : `${folder}/`;
    return [...this.#names.keys()]
      .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/'))
      .map((name) => name.slice(prefix.length));
  }

  async stat(path: string): Promise<FileIdentity | null> {
    await this.#step('stat', path);
    if (path === '.') return { size: 0, inode: this.homeInode, isFile: false };
    const inode = this.#names.get(path);
    return inode ? identityOf(inode) : null;
  }

  async open(path: string, mode: 'read' | 'write' | 'create'): Promise<StoreFile> {
    await this.#step(`open-${mode}`, path);
    let inode = this.#names.get(path);
    if (mode === 'create') {
      if (inode) {
        inode.content = Buffer.alloc(0);
        inode.pending.push({ kind: 'truncate', size: 0 });
      } else {
        const made: Inode = {
          id: this.#nextInode++,
          content: Buffer.alloc(0),
          durable: Buffer.alloc(0),
          pending: [],
        };
        inode = made;
        this.#change((names) => names.set(path, made));
      }
    }
    if (!inode) throw errorOf('ENOENT', `open ${path}`);
    return this.#file(path, inode);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#step('rename', `${from} -> ${to}`);
    if (!this.#names.has(from)) throw errorOf('ENOENT', `rename ${from}`);
    this.#change((names) => {
      const inode = names.get(from);
      if (!inode) return;
      names.delete(from);
      names.set(to, inode);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#step('remove', path);
    this.#change((names) => names.delete(path));
  }

  async makeFolder(path: string): Promise<void> {
    await this.#step('make-folder', path);
  }

  async syncFolder(path: string): Promise<void> {
    await this.#step('sync-folder', path);
    this.#durableNames = new Map(this.#names);
    this.#nameChanges = [];
  }

  async freeBytes(): Promise<number> {
    await this.#step('free', '.');
    return this.free;
  }

  #change(change: NameChange): void {
    change(this.#names);
    this.#nameChanges.push(change);
  }

  #file(path: string, inode: Inode): StoreFile {
    return {
      read: async (target, position) => {
        await this.#step('read', path);
        return inode.content.copy(target, 0, position);
      },
      write: async (bytes, position) => {
        const fault = await this.#step('write', path, (taken) => {
          writeTo(inode, bytes.subarray(0, Math.floor(bytes.length * taken)), position);
        });
        const length = fault === 'short' ? Math.max(1, bytes.length >> 1) : bytes.length;
        writeTo(inode, bytes.subarray(0, length), position);
        return length;
      },
      sync: async () => {
        await this.#step('sync', path, () => {
          // The kernel marks the pages clean although they did not reach the disk: a second sync would say ok.
          inode.pending = [];
        });
        for (const write of inode.pending) inode.durable = applied(inode.durable, write);
        inode.pending = [];
      },
      truncate: async (size) => {
        await this.#step('truncate', path);
        const write: Write = { kind: 'truncate', size };
        inode.content = applied(inode.content, write);
        inode.pending.push(write);
      },
      identity: async () => {
        await this.#step('identity', path);
        return identityOf(inode);
      },
      close: async () => {
        await this.#step('close', path);
      },
    };
  }

  /** Counts an operation and lets its fault happen; `onFailure` is what a failed one leaves behind. */
  async #step(
    what: string,
    path: string,
    onFailure: (taken: number) => void = () => undefined,
  ): Promise<'short' | null> {
    const number = ++this.#count;
    this.operations.push({ number, what, path });
    await Promise.resolve();
    const fault = this.#faultAt(number);
    if (this.#hasCrashed || fault?.kind === 'crash') {
      this.#hasCrashed = true;
      this.#onCrash();
      return new Promise(() => undefined);
    }
    if (fault?.kind === 'fail') {
      onFailure(0.5);
      throw errorOf(fault.code, `${what} ${path}`);
    }
    return fault?.kind === 'short' ? 'short' : null;
  }

  #faultAt(number: number): Fault | undefined {
    if (this.#failFrom && number >= this.#failFrom.from)
      return { kind: 'fail', code: this.#failFrom.code, forEver: true };
    return this.#faults.get(number);
  }
}

function survivorOf(inode: Inode, survival: Survival): Buffer {
  if (survival === 'nothing') return inode.durable;
  if (survival === 'everything') return inode.content;
  let bytes = inode.durable;
  for (const write of inode.pending) bytes = applied(bytes, write, survival.random);
  return bytes;
}

/** With `random`, sectors of a write are lost one by one, in any order. */
function applied(before: Buffer, write: Write, random?: () => number): Buffer {
  if (write.kind === 'truncate') {
    if (random && random() < 0.5) return before;
    const after = Buffer.alloc(write.size);
    before.copy(after, 0, 0, write.size);
    return after;
  }
  const { position, bytes } = write;
  const after = Buffer.alloc(Math.max(before.length, position + bytes.length));
  before.copy(after);
  for (let at = 0; at < bytes.length; at += SECTOR)
    if (!random || random() < 0.5) bytes.copy(after, position + at, at, at + SECTOR);
  return after;
}

function writeTo(inode: Inode, bytes: Uint8Array, position: number): void {
  const write: Write = { kind: 'write', position, bytes: Buffer.from(bytes) };
  inode.content = applied(inode.content, write);
  inode.pending.push(write);
}

function identityOf(inode: Inode): FileIdentity {
  return { size: inode.content.length, inode: String(inode.id), isFile: true };
}

function errorOf(code: string, what: string): Error {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
