import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLevel } from '../internal-events.ts';
import { isAtLeast, parseLine } from './log-line.ts';
import { APP_LOG } from './log-paths.ts';

/** What is read of the file at most, from its end. */
const TAIL_BYTES = 1024 * 1024;

export interface AppLogQuery {
  /** The most lines that are answered. */
  readonly lines: number;
  readonly level: LogLevel;
}

/** The last lines of `app.log`, oldest first, as JSON lines. Empty while there is no such file. */
export async function readAppLog(folder: string, { lines, level }: AppLogQuery): Promise<string> {
  const wanted = (await tailOf(join(folder, APP_LOG)))
    .split('\n')
    .map(parseLine)
    .flatMap((line) => (line && isAtLeast(line.level, level) ? [JSON.stringify(line)] : []))
    .slice(-lines);
  return wanted.length === 0 ? '' : `${wanted.join('\n')}\n`;
}

async function tailOf(path: string): Promise<string> {
  const handle = await open(path).catch(() => null); // not written yet
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(size - from),
      0,
      size - from,
      from,
    );
    const text = buffer.toString('utf8', 0, bytesRead);
    // The first line may be cut in two.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await handle.close();
  }
}
