/**
 * All that the store ever asks of a disk. Everything it does to its files goes through here, so that a test can fail,
 * cut short, reorder or lose any single operation. Paths are relative to the home: `journal-000001.log`.
 *
 * Errors are those of Node's `fs`: with a `code` such as `ENOSPC`.
 */
export interface StoreFiles {
  /** Names in a folder; empty when the folder does not exist. */
  list(folder: string): Promise<readonly string[]>;
  stat(path: string): Promise<FileIdentity | null>;
  /** `create` makes an empty file or empties an existing one; `write` and `read` need it to exist. */
  open(path: string, mode: 'read' | 'write' | 'create'): Promise<StoreFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Makes created, renamed and removed names durable. */
  syncFolder(path: string): Promise<void>;
  /** Bytes that can still be written. */
  freeBytes(): Promise<number>;
}

export interface StoreFile {
  /** Reads into the whole of `target` if the file reaches that far; answers how many bytes were read. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes and answers how many bytes were taken, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** `fdatasync`. After it failed the descriptor tells nothing any more: close it. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  identity(): Promise<FileIdentity>;
  close(): Promise<void>;
}

export interface FileIdentity {
  readonly size: number;
  /** Device and inode: another file under the same name differs here. */
  readonly inode: string;
  /** Not a folder, a pipe or a device. */
  readonly isFile: boolean;
}

/** Writes all bytes, however short the single writes are. */
export async function writeAll(
  file: StoreFile,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const taken = await file.write(done === 0 ? bytes : bytes.subarray(done), position + done);
    if (taken <= 0) throw new Error('The disk took no bytes of a write.');
    done += taken;
  }
}

/** The bytes from `position` on, at most `length` of them. */
export async function readRange(
  file: StoreFile,
  position: number,
  length: number,
): Promise<Buffer> {
  return readInto(file, position, Buffer.allocUnsafeSlow(length));
}

/** As `readRange`, into a buffer that is filled as far as the file reaches; answers the part that was. */
export async function readInto(file: StoreFile, position: number, target: Buffer): Promise<Buffer> {
  let done = 0;
  while (done < target.length) {
    const read = await file.read(target.subarray(done), position + done);
    if (read === 0) break;
    done += read;
  }
  return target.subarray(0, done);
}

/** A small file as text; null when there is no file of that name. */
export async function readText(files: StoreFiles, path: string): Promise<string | null> {
  const identity = await files.stat(path);
  if (!identity?.isFile) return null;
  const file = await files.open(path, 'read');
  try {
    return (await readRange(file, 0, identity.size)).toString('utf8');
  } finally {
    await file.close();
  }
}

/** Replaces a file so that after a crash either the old or the new content is there, whole. */
export async function replaceFile(files: StoreFiles, path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await files.open(temporary, 'create');
  try {
    await writeAll(file, Buffer.from(text), 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncFolder('.');
}
