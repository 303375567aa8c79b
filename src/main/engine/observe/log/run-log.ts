import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toIso } from '../../clock.ts';
import type { LogLevel } from '../internal-events.ts';
import { linesWith } from './line-search.ts';
import { isAtLeast, parseLine, type LoggedLine } from './log-line.ts';
import { compareLogFiles, jobFolder, parseLogFileName } from './log-paths.ts';

/** A run whose lines are wanted; instants are epoch ms, `until` is its end or now. */
export interface RunSpan {
  readonly runId: string;
  readonly jobId: string;
  readonly from: number;
  readonly until: number;
}

export interface RunLogQuery {
  readonly format: 'text' | 'jsonl';
  readonly level: LogLevel;
  /** Longest answer in characters; what is beyond is cut, and a last line says so. */
  readonly maxCharacters: number;
}

/** In each line that tells of lines that are missing. */
const GAP = ' dropped=';

/** Lines of a run may be dated a little before its row and after its end. */
const SLACK_MS = 5000;

/**
 * The lines of one run, read from its job's files of its days only, and of those only the parts that were written
 * while it lived. Empty when the files are gone.
 */
export async function readRunLog(
  folder: string,
  span: RunSpan,
  query: RunLogQuery,
): Promise<string> {
  const first = toIso(Math.min(span.from, span.until) - SLACK_MS);
  const last = toIso(Math.max(span.from, span.until) + SLACK_MS);
  const found: string[] = [];
  let left = query.maxCharacters;
  for (const path of await filesOf(join(folder, jobFolder(span.jobId)), first, last)) {
    for await (const line of linesWith(path, [` ${span.runId}`, GAP])) {
      const parsed = parseLine(line);
      if (!parsed || parsed.at < first || parsed.at > last) continue;
      if (!isOf(parsed, span.runId) || !isAtLeast(parsed.level, query.level)) continue;
      const shown = query.format === 'text' ? line : JSON.stringify(parsed);
      left -= shown.length + 1;
      if (left < 0) return [...found, cutLine(query)].join('\n') + '\n';
      found.push(shown);
    }
  }
  return found.length === 0 ? '' : `${found.join('\n')}\n`;
}

/** Lines without a run tell of gaps in the file: they belong to whoever was running then. */
function isOf(line: LoggedLine, runId: string): boolean {
  return line.runId === runId || (line.runId === null && 'dropped' in line.fields);
}

function cutLine({ format, maxCharacters }: RunLogQuery): string {
  const message = `The log of this run is longer than ${maxCharacters} characters; the rest is in the file.`;
  return format === 'text' ? message : JSON.stringify({ message });
}

async function filesOf(folder: string, first: string, last: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const days = names
    .map((name) => ({ name, file: parseLogFileName(name) }))
    .flatMap(({ name, file }) => (file ? [{ name, ...file }] : []))
    .filter(({ day }) => day >= dayOf(first) && day <= dayOf(last))
    .sort(compareLogFiles);
  const paths: string[] = [];
  for (const { name } of days) {
    const path = join(folder, name);
    const ends = days.length > 1 ? await endsOf(path) : null;
    if (!ends || (ends.last >= first && ends.first <= last)) paths.push(path);
  }
  return paths;
}

function dayOf(instant: string): string {
  return instant.slice(0, 'yyyy-mm-dd'.length);
}

const INSTANT_LENGTH = '2026-11-21T12:00:00.000Z'.length;
/** Longer than any line. */
const TAIL_BYTES = 64 * 1024;

/** The instants of a file's first and last line; null when it cannot be told. */
async function endsOf(path: string): Promise<{ first: string; last: string } | null> {
  const handle = await open(path).catch(() => null);
  if (!handle) return null;
  try {
    const { size } = await handle.stat();
    const head = await handle.read(Buffer.alloc(INSTANT_LENGTH), 0, INSTANT_LENGTH, 0);
    const from = Math.max(0, size - TAIL_BYTES);
    const tail = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const text = tail.buffer.toString('latin1').trimEnd();
    const last = text.slice(text.lastIndexOf('\n') + 1).slice(0, INSTANT_LENGTH);
    const first = head.buffer.toString('latin1');
    return Number.isNaN(Date.parse(first)) || Number.isNaN(Date.parse(last))
      ? null
      : { first, last };
  } finally {
    await handle.close();
  }
}
