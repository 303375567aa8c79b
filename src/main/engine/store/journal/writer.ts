import { writeAll, type StoreFile, type StoreFiles } from '../files/store-files.ts';
import { journalName } from '../home/layout.ts';
import { encodeHeader, HEADER_BYTES, seedOf, type JournalHeader } from './frame.ts';

/** The journal that is being written. After the first error it is not to be used again. */
export class JournalWriter {
  readonly #file: StoreFile;
  readonly header: JournalHeader;
  readonly name: string;
  readonly seed: number;
  /** Of the file, when it was opened: another file may take its name. */
  readonly inode: string;
  #size: number;
  #durableSize: number;

  private constructor(file: StoreFile, header: JournalHeader, size: number, inode: string) {
    this.#file = file;
    this.header = header;
    this.name = journalName(header.generation);
    this.seed = seedOf(header);
    this.inode = inode;
    this.#size = size;
    this.#durableSize = size;
  }

  /**
   * Makes a journal and its name durable. When it fails, no journal of this generation is left behind, or the error
   * is an `UnfinishedJournal`: then the one before may not be written on, since its end is said to be here.
   */
  static async create(files: StoreFiles, header: JournalHeader): Promise<JournalWriter> {
    const name = journalName(header.generation);
    let file: StoreFile | null = null;
    try {
      file = await files.open(name, 'create');
      await writeAll(file, encodeHeader(header), 0);
      await file.sync();
      await files.syncFolder('.');
      const { inode } = await file.identity();
      return new JournalWriter(file, header, HEADER_BYTES, inode);
    } catch (error) {
      await file?.close().catch(() => undefined);
      try {
        await files.remove(name);
        await files.syncFolder('.');
      } catch {
        throw new UnfinishedJournal(name, error);
      }
      throw error;
    }
  }

  /** Goes on behind the good part of a journal, which is cut to it. */
  static async goOn(
    files: StoreFiles,
    header: JournalHeader,
    size: number,
  ): Promise<JournalWriter> {
    const file = await files.open(journalName(header.generation), 'write');
    try {
      const identity = await file.identity();
      if (identity.size !== size) {
        await file.truncate(size);
        await file.sync();
      }
      return new JournalWriter(file, header, size, identity.inode);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** What a sync has covered. */
  get durableSize(): number {
    return this.#durableSize;
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    let position = this.#size;
    for (const { length } of pieces) this.#size += length;
    for (const bytes of pieces) {
      await writeAll(this.#file, bytes, position);
      position += bytes.length;
    }
  }

  async sync(): Promise<void> {
    const size = this.#size;
    await this.#file.sync();
    this.#durableSize = size;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

export class UnfinishedJournal extends Error {
  override readonly name = 'UnfinishedJournal';

  constructor(journal: string, cause: unknown) {
    super(`The journal ${journal} could neither be made nor removed.`, { cause });
  }
}
