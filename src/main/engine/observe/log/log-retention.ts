import { readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  APP_LOG,
  compareLogFiles,
  parseLogFileName,
  utcDay,
  type LogFileName,
} from './log-paths.ts';

/** Which log files go, and when: those older than some days, then the oldest until the rest fits. */

const DAY_MS = 86_400_000;

export interface StoredLogFile extends LogFileName {
  /** Below the log folder. */
  readonly path: string;
  readonly bytes: number;
}

export interface LogRetention {
  readonly logDays: number;
  readonly logBytes: number;
}

export interface Expiry {
  readonly expired: readonly StoredLogFile[];
  /** Bytes of the files that stay. */
  readonly bytesLeft: number;
}

/** The files to delete. Pure. Files that may be written now never go, whatever their size. */
export function expiredLogs(
  files: readonly StoredLogFile[],
  { logDays, logBytes }: LogRetention,
  nowMs: number,
): Expiry {
  const today = utcDay(nowMs);
  const firstDay = utcDay(nowMs - logDays * DAY_MS);
  const oldestFirst = [...files].sort(compareLogFiles);
  let bytesLeft = files.reduce((sum, file) => sum + file.bytes, 0);
  const expired: StoredLogFile[] = [];
  for (const file of oldestFirst) {
    const isWritten = file.part === null && file.day >= today;
    if (isWritten || (file.day >= firstDay && bytesLeft <= logBytes)) continue;
    expired.push(file);
    bytesLeft -= file.bytes;
  }
  return { expired, bytesLeft };
}

/** Deletes what has expired; files that are not ours stay. @returns bytes of the files that stay. */
export async function tidyLogs(
  folder: string,
  retention: LogRetention,
  nowMs: number,
): Promise<number> {
  const files = await listLogFiles(folder, nowMs);
  const { expired, bytesLeft } = expiredLogs(files, retention, nowMs);
  for (const { path } of expired) await unlink(join(folder, path)).catch(ignoreMissing);
  const folders = new Set(expired.map(({ path }) => path.split('/').slice(0, -1).join('/')));
  // Folders of jobs that still have files are not empty and stay: rmdir refuses them.
  for (const emptied of folders)
    if (emptied !== '') await rmdir(join(folder, emptied)).catch(() => undefined);
  return bytesLeft;
}

/** Every log file with its size; `app.log` counts as written today. */
export async function listLogFiles(folder: string, nowMs: number): Promise<StoredLogFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files: StoredLogFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) {
      const names = await readdir(join(folder, entry.name)).catch(() => []);
      for (const name of names)
        await addFile(files, folder, `${entry.name}/${name}`, parseLogFileName(name));
    } else if (entry.name === APP_LOG) {
      await addFile(files, folder, APP_LOG, { day: utcDay(nowMs), part: null });
    } else await addFile(files, folder, entry.name, parseLogFileName(entry.name));
  }
  return files;
}

async function addFile(
  files: StoredLogFile[],
  folder: string,
  path: string,
  name: LogFileName | null,
): Promise<void> {
  if (!name) return;
  const found = await stat(join(folder, path)).catch(() => null);
  if (found?.isFile()) files.push({ ...name, path, bytes: found.size });
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
