import type { JsonValue } from '../../../../shared/values.ts';
import { toIso } from '../../clock.ts';
import { LOG_LEVELS, type LogLevel } from '../internal-events.ts';
import { escapeText, escapeUpTo, unescapeText } from './escape.ts';
import { LineBytes } from './line-bytes.ts';

/**
 * One line an event, the same for people and programs:
 *
 *     2026-11-21T12:00:00.000Z INFO  01J8XK#1 Page 3 stored: 98 of 100 records valid | page=3 status=200 requestMs=20.3
 *
 * instant, level, run and attempt (`-` when there is none), message, then ` | ` and named fields. A message or a
 * value never holds a line break, a bare `|` or anything invisible, so a line can be taken apart again.
 */

export type FieldValues = { readonly [name: string]: JsonValue };

/** Names and values in their order. No object: one that grows name by name is what costs most of a line. */
export class LogFields {
  /** A name, its value, the next name. */
  readonly list: JsonValue[] = [];

  static of(values: FieldValues): LogFields {
    const fields = new LogFields();
    for (const [name, value] of Object.entries(values)) fields.add(name, value);
    return fields;
  }

  add(name: string, value: JsonValue): this {
    this.list.push(name, value);
    return this;
  }
}

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

export type LoggedLine = Omit<LogEntry, 'at' | 'jobId' | 'fields'> & {
  readonly at: string;
  readonly fields: FieldValues;
};

/** Replaces what must not be written, such as the values of secrets. */
export type Mask = (text: string) => string;

/** Longest parts of a line: `fields` in bytes, the others in characters. What is longer is cut, and the line says so. */
export const LINE_LIMITS = { message: 2048, value: 1024, fields: 8192 } as const;

const LEVEL_COLUMN = {
  debug: ' DEBUG ',
  info: ' INFO  ',
  warn: ' WARN  ',
  error: ' ERROR ',
} as const;
const BARE_VALUE = /^[^\s"=\\|]+$/;
/** Bare for certain, and nothing in it to escape: most values. */
const PLAIN_VALUE = /^[!#-<>-[\]-{}~]+$/;
const READS_AS_OTHER = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;

/** Puts one line and its line break; `mask` sees every text whole, before it is cut and escaped. */
export function putLine(to: LineBytes, entry: LogEntry, mask: Mask): void {
  to.text(toIso(entry.at));
  to.text(LEVEL_COLUMN[entry.level]);
  to.text(entry.runId === null ? '-' : plainToken(entry.runId));
  if (entry.runId !== null && entry.attempt) {
    to.text('#');
    to.number(entry.attempt);
  }
  to.text(' ');
  to.text(escapeUpTo(mask(entry.message), LINE_LIMITS.message, '|'));
  putFields(to, entry.fields, mask);
  to.text('\n');
}

/** One line without its line break. */
export function formatLine(entry: LogEntry, mask: Mask): string {
  const bytes = new LineBytes();
  putLine(bytes, entry, mask);
  const line = bytes.take();
  return line.toString('utf8', 0, line.length - 1);
}

function putFields(to: LineBytes, { list }: LogFields, mask: Mask): void {
  if (list.length === 0) return;
  to.text(' |');
  const start = to.length;
  for (let at = 0; at < list.length; at += 2) {
    const before = to.length;
    to.text(' ');
    to.text(fieldName(list[at] as string));
    to.text('=');
    putValue(to, list[at + 1] ?? null, mask);
    if (to.length - start <= LINE_LIMITS.fields) continue;
    to.cutTo(before);
    to.text(` fieldsCut=${(list.length - at) / 2}`);
    return;
  }
}

function putValue(to: LineBytes, value: JsonValue, mask: Mask): void {
  if (value === null || typeof value === 'boolean') to.text(String(value));
  else if (typeof value !== 'number') to.text(textOf(value, mask));
  else if (Number.isFinite(value)) to.number(value);
  else to.text('null');
}

function textOf(value: Exclude<JsonValue, number | boolean | null>, mask: Mask): string {
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

/** Names come from the program itself, again and again; should one of them not, it is not kept for ever. */
const MOST_NAMES = 1000;
const names = new Map<string, string>();

function fieldName(name: string): string {
  let token = names.get(name);
  if (token === undefined) {
    token = plainToken(name);
    if (names.size < MOST_NAMES) names.set(name, token);
  }
  return token;
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

function parseFields(text: string): FieldValues {
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
