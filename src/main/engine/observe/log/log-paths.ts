import { toIso } from '../../clock.ts';

/**
 * Where lines go. Days are UTC, as the instants in the lines are:
 *
 *     app.log                      the program itself, now
 *     app-2026-11-20.1.log         earlier parts of it, in order
 *     coins-30s/2026-11-21.1.txt   earlier parts of a job's day, in order
 *     coins-30s/2026-11-21.txt     a job's day, now (or its end)
 */

export const APP_LOG = 'app.log';

/** A file that may be written now: its path below the log folder, and how its earlier parts are named. */
export interface LogTarget {
  readonly path: string;
  /** Folder below the log folder, empty for the log folder itself. */
  readonly folder: string;
  /** The day of its lines; null: whatever day they were written. */
  readonly day: string | null;
  readonly partName: (day: string, part: number) => string;
}

export const appLogTarget: LogTarget = {
  path: APP_LOG,
  folder: '',
  day: null,
  partName: (day, part) => `app-${day}.${part}.log`,
};

export function jobLogTarget(jobId: string, day: string): LogTarget {
  const folder = jobFolder(jobId);
  return {
    path: `${folder}/${day}.txt`,
    folder,
    day,
    partName: (_day, part) => `${folder}/${day}.${part}.txt`,
  };
}

/** Names that Windows gives to devices cannot be folders there. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

export function jobFolder(jobId: string): string {
  return DEVICE_NAME.test(jobId) ? `${jobId}_` : jobId;
}

/** `2026-11-21` */
export function utcDay(epochMs: number): string {
  return toIso(epochMs).slice(0, 'yyyy-mm-dd'.length);
}

export interface LogFileName {
  readonly day: string;
  /** 1 is the oldest part; null is the file that was or is written last. */
  readonly part: number | null;
}

const JOB_FILE = /^(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.txt$/;
const APP_PART = /^app-(\d{4}-\d{2}-\d{2})\.(\d+)\.log$/;

/** Reads a file's name; null for files that are not ours, which nothing may touch. */
export function parseLogFileName(name: string): LogFileName | null {
  const [, day, part] = JOB_FILE.exec(name) ?? APP_PART.exec(name) ?? [];
  if (day === undefined) return null;
  return { day, part: part === undefined ? null : Number(part) };
}

/** In the order in which they were written. */
export function compareLogFiles(a: LogFileName, b: LogFileName): number {
  if (a.day !== b.day) return a.day < b.day ? -1 : 1;
  return (a.part ?? Infinity) - (b.part ?? Infinity);
}
