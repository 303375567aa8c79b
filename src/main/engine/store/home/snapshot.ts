import { createHash } from 'node:crypto';
import type { Sqlite, SqliteModule } from '../database/sqlite.ts';
import { readRange, writeAll, type StoreFiles } from '../files/store-files.ts';
import { isOurs } from '../migrations.ts';

const SLICE_BYTES = 4 * 1024 * 1024;
const SQLITE_MAGIC = Buffer.from('SQLite format 3\0');

export interface SnapshotFacts {
  readonly bytes: number;
  readonly sha256: string;
}

export class BadSnapshot extends Error {
  override readonly name = 'BadSnapshot';

  constructor(path: string, why: string) {
    super(`The snapshot ${path} ${why}.`);
  }
}

/** Writes a snapshot and syncs it; other work of the thread goes on between its slices. */
export async function writeSnapshot(
  files: StoreFiles,
  path: string,
  bytes: Uint8Array,
): Promise<SnapshotFacts> {
  const hash = createHash('sha256');
  const file = await files.open(path, 'create');
  try {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      const slice = bytes.subarray(at, at + SLICE_BYTES);
      hash.update(slice);
      await writeAll(file, slice, at);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes: bytes.length, sha256: hash.digest('hex') };
}

/** The bytes of a snapshot if they are what was written; throws `BadSnapshot`. */
export async function readVerified(
  files: StoreFiles,
  path: string,
  expected: SnapshotFacts,
): Promise<Uint8Array> {
  const bytes = await readSnapshot(files, path);
  if (!bytes) throw new BadSnapshot(path, 'is missing');
  if (bytes.length !== expected.bytes)
    throw new BadSnapshot(path, `has ${bytes.length} bytes instead of ${expected.bytes}`);
  if (createHash('sha256').update(bytes).digest('hex') !== expected.sha256)
    throw new BadSnapshot(path, 'does not hold what was written');
  return bytes;
}

/** The whole file; null when there is none. */
export async function readSnapshot(files: StoreFiles, path: string): Promise<Uint8Array | null> {
  const identity = await files.stat(path);
  if (!identity) return null;
  const file = await files.open(path, 'read');
  try {
    return await readRange(file, 0, identity.size);
  } finally {
    await file.close();
  }
}

/** Opens bytes as one of our databases; throws `BadSnapshot` when they are something else, or nothing. */
export function openSnapshot(module: SqliteModule, path: string, bytes: Uint8Array): Sqlite {
  // An empty file would open as an empty database.
  if (bytes.length < 512 || !Buffer.from(bytes.subarray(0, 16)).equals(SQLITE_MAGIC))
    throw new BadSnapshot(path, 'is no SQLite database');
  const database = module.open(bytes);
  try {
    if (!isOurs(database)) throw new BadSnapshot(path, 'is no database of Pontual');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof BadSnapshot) throw error;
    throw new BadSnapshot(path, `cannot be read: ${String(error)}`);
  }
}

/** SQLite's own look at the structure; throws `BadSnapshot`. */
export function quickCheck(database: Sqlite, path: string): void {
  const findings = database.rows('PRAGMA quick_check(1)').map(([finding]) => finding);
  if (findings.length !== 1 || findings[0] !== 'ok')
    throw new BadSnapshot(path, `is damaged: ${String(findings[0])}`);
}

/**
 * Writes a snapshot, reads it back and proves it: length, checksum, header, structure, and that it is of the given LSN.
 * It is read into the bytes that were given, so that no third copy of a large database is made.
 * Throws `BadSnapshot`.
 */
export async function writeProved(
  files: StoreFiles,
  module: SqliteModule,
  path: string,
  bytes: Uint8Array,
  lsn: number,
): Promise<SnapshotFacts> {
  const facts = await writeSnapshot(files, path, bytes);
  await readBack(files, path, bytes, facts);
  const database = openSnapshot(module, path, bytes);
  try {
    quickCheck(database, path);
    const found = database.number('SELECT lsn FROM store_state');
    if (found !== lsn) throw new BadSnapshot(path, `is of transaction ${found} instead of ${lsn}`);
    return facts;
  } finally {
    database.close();
  }
}

async function readBack(
  files: StoreFiles,
  path: string,
  into: Uint8Array,
  written: SnapshotFacts,
): Promise<void> {
  const size = (await files.stat(path))?.size ?? 0;
  if (size !== written.bytes)
    throw new BadSnapshot(path, `has ${size} bytes instead of ${written.bytes}`);
  into.fill(0);
  const hash = createHash('sha256');
  const file = await files.open(path, 'read');
  try {
    for (let at = 0; at < size; at += SLICE_BYTES) {
      const slice = await readRange(file, at, Math.min(SLICE_BYTES, size - at));
      into.set(slice, at);
      hash.update(slice);
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== written.sha256)
    throw new BadSnapshot(path, 'does not hold what was written');
}
