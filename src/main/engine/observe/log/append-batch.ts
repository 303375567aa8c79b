import * as fs from 'node:fs';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseLogFileName, utcDay, type LogTarget } from './log-paths.ts';

// A `FileHandle` costs two to three times as much, and there is one for each job and flush.
const open = promisify(fs.open);
const stat = promisify(fs.fstat);
const write = promisify(fs.write);
const truncate = promisify(fs.ftruncate);
const close = promisify(fs.close);

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export interface BatchPlace {
  readonly folder: string;
  readonly target: LogTarget;
  /** A file that would grow beyond this becomes an earlier part, and a new one is begun. */
  readonly maxFileBytes: number;
  /** A file whose name does not say its day becomes an earlier part when another day begins. */
  readonly today: string;
}

/**
 * Appends a batch of lines, all of it or nothing. The file is opened for each batch: that bounds the descriptors
 * whatever the number of jobs, and a file that was moved or deleted meanwhile (logrotate) is simply begun again.
 *
 * @returns whether an earlier part was put aside.
 */
export async function appendBatch(place: BatchPlace, bytes: Uint8Array): Promise<boolean> {
  const path = join(place.folder, place.target.path);
  const dayOfEarlierPart = await withFile(path, async (file) => {
    const { size, mtimeMs } = await stat(file);
    const lastDay = utcDay(mtimeMs);
    const isFull = size > 0 && size + bytes.length > place.maxFileBytes;
    const isStale = size > 0 && place.target.day === null && lastDay < place.today;
    if (isFull || isStale) return place.target.day ?? lastDay;
    await writeWhole(file, bytes, size);
    return null;
  });
  if (dayOfEarlierPart === null) return false;
  await putAside(place, dayOfEarlierPart);
  await withFile(path, (file) => writeWhole(file, bytes, 0));
  return true;
}

async function withFile<T>(path: string, use: (file: number) => Promise<T>): Promise<T> {
  const file = await openToAppend(path);
  try {
    return await use(file);
  } finally {
    await close(file);
  }
}

async function openToAppend(path: string): Promise<number> {
  try {
    return await open(path, 'a', PRIVATE_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    return open(path, 'a', PRIVATE_FILE);
  }
}

/** A full disk may take half a batch: what was there before is restored, so no line is ever half written or doubled. */
async function writeWhole(file: number, bytes: Uint8Array, sizeBefore: number) {
  try {
    for (let offset = 0; offset < bytes.length;) {
      const { bytesWritten } = await write(file, bytes, offset, bytes.length - offset, null);
      offset += bytesWritten;
    }
  } catch (error) {
    const { size } = await stat(file);
    if (size > sizeBefore) await truncate(file, sizeBefore);
    throw error;
  }
}

async function putAside({ folder, target }: BatchPlace, day: string): Promise<void> {
  const files = (await readdir(join(folder, target.folder))).map(parseLogFileName);
  const parts = files.filter((file) => file?.day === day).map((file) => file?.part ?? 0);
  const next = Math.max(0, ...parts) + 1;
  await rename(join(folder, target.path), join(folder, target.partName(day, next)));
}
