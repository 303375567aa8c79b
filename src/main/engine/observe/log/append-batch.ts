import { mkdir, open, readdir, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseLogFileName, utcDay, type LogTarget } from './log-paths.ts';

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
  let handle = await openToAppend(path);
  try {
    const { size, mtimeMs } = await handle.stat();
    const lastDay = utcDay(mtimeMs);
    const full = size > 0 && size + bytes.length > place.maxFileBytes;
    const stale = size > 0 && place.target.day === null && lastDay < place.today;
    if (full || stale) {
      await handle.close();
      await putAside(place, place.target.day ?? lastDay);
      handle = await openToAppend(path);
    }
    await writeWhole(handle, bytes, full || stale ? 0 : size);
    return full || stale;
  } finally {
    await handle.close();
  }
}

async function openToAppend(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a', PRIVATE_FILE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
    return open(path, 'a', PRIVATE_FILE);
  }
}

/** A full disk may take half a batch: what was there before is restored, so no line is ever half written or doubled. */
async function writeWhole(handle: FileHandle, bytes: Uint8Array, sizeBefore: number) {
  try {
    for (let offset = 0; offset < bytes.length;) {
      const { bytesWritten } = await handle.write(bytes, offset);
      offset += bytesWritten;
    }
  } catch (error) {
    const { size } = await handle.stat();
    if (size > sizeBefore) await handle.truncate(sizeBefore);
    throw error;
  }
}

async function putAside({ folder, target }: BatchPlace, day: string): Promise<void> {
  const files = (await readdir(join(folder, target.folder))).map(parseLogFileName);
  const parts = files.filter((file) => file?.day === day).map((file) => file?.part ?? 0);
  const next = Math.max(0, ...parts) + 1;
  await rename(join(folder, target.path), join(folder, target.partName(day, next)));
}
