import type { JsonValue } from '../../../../shared/values.ts';
import { toIso } from '../../clock.ts';
import { LOG_LEVELS, type LogLevel } from '../internal-events.ts';
import { escapeText, escapeUpTo, unescapeText } from './escape.ts';

/**
 * One line an event, the same for people and programs:
 *
 *     2026-11-21T12:00:00.000Z INFO  01J8XK#1 Page 3 stored: 98 of 100 records valid | page=3 status=200 requestMs=20.3
 *
 * instant, level, run and attempt (`-` when there is none), message, then ` | ` and named fields. A message or a
 * value never holds a line break, a bare `|` or anything invisible, so a line can be taken apart again.
 */

export type LogFields = { readonly [name: string]: JsonValue };

export interface LogEntry {
  /** Epoch ms. */
  readonly at: number;
  readonly level: LogLevel;
  /** Whose file it goes to; null is `app.log`. */
  readonly jobId: string | null;
  readonly runId: string | null;
  readonly attempt: number | null;
  readonly message: string;
  readonly fields: LogFields;
}

export type LoggedLine = Omit<LogEntry, 'at' | 'jobId'> & { readonly at: string };

/** Replaces what must not be written, such as the values of secrets. */
export type Mask = (text: string) => string;

/** Longest parts of a line, in characters; what is longer is cut, and the line says so. */
export const LINE_LIMITS = { message: 2048, value: 1024, fields: 8192 } as const;

const LEVEL_COLUMN = { debug: 'DEBUG', info: 'INFO ', warn: 'WARN ', error: 'ERROR' } as const;
const BARE_VALUE = /^[^\s"=\\|]+$/;
/** Bare for certain, and nothing in it to escape: most values. */
const PLAIN_VALUE = /^[!#-<>-[\]-{}~]+$/;
const READS_AS_OTHER = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;

/** One line without its line break. Pure; `mask` sees every text whole, before it is cut and escaped. */
export function formatLine(entry: LogEntry, mask: Mask): string {
  const level = LEVEL_COLUMN[entry.level];
  const attempt = entry.attempt ? `#${entry.attempt}` : '';
  const run = entry.runId === null ? '-' : `${plainToken(entry.runId)}${attempt}`;
  const message = escapeUpTo(mask(entry.message), LINE_LIMITS.message, '|');
  return `${toIso(entry.at)} ${level} ${run} ${message}${formatFields(entry.fields, mask)}`;
}

function formatFields(fields: LogFields, mask: Mask): string {
  let text = '';
  let written = 0;
  for (const name in fields) {
    const field = ` ${plainToken(name)}=${formatValue(fields[name] ?? null, mask)}`;
    if (text.length + field.length > LINE_LIMITS.fields)
      return ` |${text} fieldsCut=${Object.keys(fields).length - written}`;
    text += field;
    written += 1;
  }
  return text === '' ? '' : ` |${text}`;
}

function formatValue(value: JsonValue, mask: Mask): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  const masked = mask(typeof value === 'string' ? value : JSON.stringify(value));
  if (masked.length <= LINE_LIMITS.value && PLAIN_VALUE.test(masked))
    return READS_AS_OTHER.test(masked) ? `"${masked}"` : masked;
  const text = escapeUpTo(masked, LINE_LIMITS.value, '|"');
  return BARE_VALUE.test(text) && !READS_AS_OTHER.test(text) ? text : `"${text}"`;
}

const TOKEN = /^[\w.:-]+$/;

function plainToken(text: string): string {
  if (TOKEN.test(text)) return text;
  return escapeText(text).replace(/[\s=|#\\]/gu, '_') || '_';
}

const LINE = /^(\S{24}) (DEBUG|INFO|WARN|ERROR) +(\S+) (.*)$/;
const FIELD = / ([^\s=]+)=(?:"([^"]*)"|(\S*))/gy;

/** Takes a line apart; null when it is not one of ours. */
export function parseLine(line: string): LoggedLine | null {
  const [, at, level, run, rest] = LINE.exec(line) ?? [];
  if (at === undefined || level === undefined || run === undefined || rest === undefined)
    return null;
  const [runId, attempt] = run.split('#');
  const bar = rest.indexOf(' | ');
  return {
    at,
    level: asLevel(level),
    runId: run === '-' ? null : (runId ?? null),
    attempt: attempt === undefined ? null : Number(attempt),
    message: unescapeText(bar < 0 ? rest : rest.slice(0, bar)),
    fields: bar < 0 ? {} : parseFields(rest.slice(bar + 2)),
  };
}

function parseFields(text: string): LogFields {
  const fields: Record<string, JsonValue> = Object.create(null) as Record<string, JsonValue>;
  for (const [, name, quoted, bare] of text.matchAll(FIELD)) {
    if (name === undefined) continue;
    fields[name] = quoted === undefined ? bareValue(bare ?? '') : unescapeText(quoted);
  }
  return fields;
}

function bareValue(text: string): JsonValue {
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return READS_AS_OTHER.test(text) ? Number(text) : text;
}

function asLevel(name: string): LogLevel {
  return LOG_LEVELS.find((level) => level.toUpperCase() === name) ?? 'info';
}

/** Whether a line of `level` is wanted by who asked for `least`. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}
