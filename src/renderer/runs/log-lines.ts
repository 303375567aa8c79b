import { z } from 'zod';
import { jsonSchema } from '../../shared/values.ts';

/** A run's log as the other side tells it: one JSON object a line. */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const lineSchema = z.object({
  at: z.string().default(''),
  level: z.enum(LOG_LEVELS).default('info'),
  message: z.string(),
  fields: z.record(z.string(), jsonSchema).default({}),
});

export interface LogLine {
  readonly at: string;
  readonly level: LogLevel;
  readonly message: string;
  /** `page=3 status=200`, or nothing. */
  readonly details: string;
}

/** The lines in order; a line that is none of ours (a cut was made there) is told as it stands. */
export function parseLog(jsonl: string): readonly LogLine[] {
  return jsonl.split('\n').filter(Boolean).map(parseLine);
}

function parseLine(text: string): LogLine {
  const read = lineSchema.safeParse(parsedJson(text));
  if (!read.success) return { at: '', level: 'info', message: text, details: '' };
  const { at, level, message, fields } = read.data;
  return { at, level, message, details: Object.entries(fields).map(inWords).join(' ') };
}

function inWords([name, value]: [string, unknown]): string {
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export interface LogFilter {
  /** The least grave level that is wanted. */
  readonly level: LogLevel;
  readonly text: string;
}

/** Lines of at least a level that hold a text anywhere. */
export function filterLog(
  lines: readonly LogLine[],
  { level, text }: LogFilter,
): readonly LogLine[] {
  const least = LOG_LEVELS.indexOf(level);
  const wanted = text.trim().toLowerCase();
  return lines.filter(
    (line) =>
      LOG_LEVELS.indexOf(line.level) >= least &&
      (wanted === '' || `${line.message} ${line.details}`.toLowerCase().includes(wanted)),
  );
}
