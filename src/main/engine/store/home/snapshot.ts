import { createHash, type Hash } from 'node:crypto';
import { SaidError, say } from '../../../../shared/sentences.ts';
import { PagedFile, type ImageBytes } from '../database/paged-file.ts';
import {
  SQLITE_MAGIC,
  SqlitePoisoned,
  type Sqlite,
  type SqliteModule,
} from '../database/sqlite.ts';
import {
  readInto,
  readRange,
  writeAll,
  type FileIdentity,
  type StoreFile,
  type StoreFiles,
} from '../files/store-files.ts';
import { isOurs } from '../migrations.ts';

const SLICE_BYTES = 1024 * 1024;

export interface SnapshotFacts {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a database to a file and proves what is then on disk. Rejects when it cannot be written or does not hold. */
export type WriteProved = (path: string, image: ImageBytes, lsn: number) => Promise<SnapshotFacts>;

export class BadSnapshot extends SaidError {
  override readonly name = 'BadSnapshot';
}

/**
 * Writes a snapshot and proves it: that the disk gives back the very bytes, that they are a sound database of ours, and
 * that it is of the given LSN. Other work of the thread goes on between slices. Throws `BadSnapshot`.
 */
export async function writeProved(
  files: StoreFiles,
  module: SqliteModule,
  path: string,
  image: ImageBytes,
  lsn: number,
): Promise<SnapshotFacts> {
  checkContent(module, path, image, lsn);
  return writeCompared(files, path, image);
}

/** Half of the proof: the file holds the image, byte for byte. Throws `BadSnapshot`. */
export async function writeCompared(
  files: StoreFiles,
  path: string,
  image: ImageBytes,
): Promise<SnapshotFacts> {
  const content = PagedFile.over(image);
  const facts = await writeSnapshot(files, path, content);
  await compare(files, path, content);
  return facts;
}

/** The other half: the image, which the file is to hold, is a sound database of ours of that LSN. Throws `BadSnapshot`. */
export function checkContent(
  module: SqliteModule,
  path: string,
  image: ImageBytes,
  lsn: number,
): void {
  const database = openSnapshot(module, path, PagedFile.over(image));
  try {
    quickCheck(database, path);
    const found = database.number('SELECT lsn FROM store_state');
    if (found !== lsn) throw new BadSnapshot(say('snapshotOtherTransaction', { path, found, lsn }));
  } finally {
    database.close();
  }
}

async function writeSnapshot(
  files: StoreFiles,
  path: string,
  content: PagedFile,
): Promise<SnapshotFacts> {
  const hash = createHash('sha256');
  const file = await files.open(path, 'create');
  try {
    for await (const { at, slice } of slicesOf(content)) {
      hash.update(slice);
      await writeAll(file, slice, at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes: content.size, sha256: hash.digest('hex') };
}

async function compare(files: StoreFiles, path: string, content: PagedFile): Promise<void> {
  await assertSize(files, path, content.size);
  const file = await files.open(path, 'read');
  try {
    const buffer = Buffer.allocUnsafeSlow(SLICE_BYTES);
    for await (const { at, slice } of slicesOf(content)) {
      const found = await readInto(file, at, buffer.subarray(0, slice.length));
      if (!found.equals(slice)) throw new BadSnapshot(say('snapshotNotWritten', { path }));
    }
  } finally {
    await file.close();
  }
}

/** Each slice is good until the next one; other work of the thread has its turn between two. */
async function* slicesOf(
  content: PagedFile,
): AsyncGenerator<{ readonly at: number; readonly slice: Uint8Array }> {
  const buffer = Buffer.allocUnsafeSlow(SLICE_BYTES);
  for (let at = 0; at < content.size; at += SLICE_BYTES) {
    yield { at, slice: buffer.subarray(0, content.read(buffer, at)) };
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** The database of a snapshot if it is what was written; throws `BadSnapshot`. */
export async function readVerified(
  files: StoreFiles,
  path: string,
  expected: SnapshotFacts,
): Promise<PagedFile> {
  await assertSize(files, path, expected.bytes);
  const hash = createHash('sha256');
  const content = await read(files, path, expected.bytes, hash);
  if (hash.digest('hex') !== expected.sha256)
    throw new BadSnapshot(say('snapshotNotWritten', { path }));
  return content;
}

/** The whole file; throws `BadSnapshot` when there is none. */
export async function readSnapshot(files: StoreFiles, path: string): Promise<PagedFile> {
  const { size } = await fileAt(files, path);
  return read(files, path, size);
}

async function read(
  files: StoreFiles,
  path: string,
  size: number,
  hash?: Hash,
): Promise<PagedFile> {
  const file = await files.open(path, 'read');
  try {
    const content = PagedFile.empty();
    const buffer = Buffer.allocUnsafeSlow(Math.min(SLICE_BYTES, size));
    for (let at = 0; at < size; at += SLICE_BYTES) {
      const slice = await readInto(file, at, buffer.subarray(0, size - at));
      hash?.update(slice);
      content.write(slice, at);
    }
    return content;
  } finally {
    await file.close();
  }
}

async function assertSize(files: StoreFiles, path: string, expected: number): Promise<void> {
  const { size } = await fileAt(files, path);
  if (size !== expected)
    throw new BadSnapshot(say('snapshotSize', { path, bytes: size, expected }));
}

async function fileAt(files: StoreFiles, path: string): Promise<FileIdentity> {
  const identity = await files.stat(path);
  if (!identity) throw new BadSnapshot(say('snapshotMissing', { path }));
  if (!identity.isFile) throw new BadSnapshot(say('snapshotNoFile', { path }));
  return identity;
}

/** Copies a file byte for byte and proves the copy. Throws `BadSnapshot`. */
export async function copyProved(files: StoreFiles, from: string, to: string): Promise<void> {
  const source = await files.open(from, 'read');
  try {
    const { size } = await source.identity();
    await copy(source, files, to, size);
    await assertSize(files, to, size);
    const result = await files.open(to, 'read');
    try {
      for (let at = 0; at < size; at += SLICE_BYTES)
        if (!(await sliceAt(source, at, size)).equals(await sliceAt(result, at, size)))
          throw new BadSnapshot(say('snapshotNotWritten', { path: to }));
    } finally {
      await result.close();
    }
  } finally {
    await source.close();
  }
}

async function copy(source: StoreFile, files: StoreFiles, to: string, size: number): Promise<void> {
  const target = await files.open(to, 'create');
  try {
    for (let at = 0; at < size; at += SLICE_BYTES)
      await writeAll(target, await sliceAt(source, at, size), at);
    await target.sync();
  } finally {
    await target.close();
  }
}

function sliceAt(file: StoreFile, at: number, size: number): Promise<Buffer> {
  return readRange(file, at, Math.min(SLICE_BYTES, size - at));
}

/** Opens a file as one of our databases; throws `BadSnapshot` when it is something else, or nothing. */
export function openSnapshot(module: SqliteModule, path: string, content: PagedFile): Sqlite {
  const head = Buffer.alloc(SQLITE_MAGIC.length);
  content.read(head, 0);
  // An empty file would open as an empty database.
  if (content.size < 512 || !head.equals(SQLITE_MAGIC))
    throw new BadSnapshot(say('snapshotNoDatabase', { path }));
  const database = module.open(content);
  try {
    if (!isOurs(database)) throw new BadSnapshot(say('snapshotNotOurs', { path }));
    return database;
  } catch (error) {
    database.close();
    if (error instanceof BadSnapshot) throw error;
    throw new BadSnapshot(say('snapshotUnreadable', { path, why: String(error) }));
  }
}

/** SQLite's own look at the structure; throws `BadSnapshot`. */
export function quickCheck(database: Sqlite, path: string): void {
  const findings = findingsOf(database);
  if (findings.length !== 1 || findings[0] !== 'ok')
    throw new BadSnapshot(say('snapshotDamaged', { path, why: String(findings[0]) }));
}

function findingsOf(database: Sqlite): readonly unknown[] {
  try {
    return database.rows('PRAGMA quick_check(1)').map(([finding]) => finding);
  } catch (error) {
    if (error instanceof SqlitePoisoned) throw error;
    return [error];
  }
}
