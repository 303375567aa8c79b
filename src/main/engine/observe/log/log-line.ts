import type { JsonValue } from '../../../../shared/values.ts';
import { toIso } from '../../clock.ts';
import { LOG_LEVELS, type LogLevel } from '../internal-events.ts';
import { escapeText, escapeUpTo, unescapeText } from './escape.ts';
import { charactersOf, LineBytes } from './line-bytes.ts';

/**
 * One line an event, the same for people and programs:
 *
 *     2026-11-21T12:00:00.000Z INFO  01J8XK#1 Page 3 stored: 98 of 100 records valid | page=3 status=200 requestMs=20.3
 *
 * instant, level, run and attempt (`-` when there is none), message, then ` | ` and named fields. A message or a
 * value never holds a line break, a bare `|` or anything invisible, so a line can be taken apart again.
 */

export type FieldValues = { readonly [name: string]: JsonValue };

/** Takes the fields of a line one after the other. */
export interface LogFields {
  add(name: string, value: JsonValue): void;
}

/** Names the fields of a line when it is put: until then they need no memory of their own. */
export type PutFields = (fields: LogFields) => void;

export function fieldsOf(values: FieldValues): PutFields {
  return (fields) => {
    for (const [name, value] of Object.entries(values)) fields.add(name, value);
  };
}

export const NO_FIELDS: PutFields = () => undefined;

export interface LogEntry {
  /** Epoch ms. */
  readonly at: number;
  readonly level: LogLevel;
  /** Whose file it goes to; null is `app.log`. */
  readonly jobId: string | null;
  readonly runId: string | null;
  readonly attempt: number | null;
  readonly message: string;
  readonly fields: PutFields;
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
/** What most texts are made of: characters that stay as they are and need no quotes. */
const PLAIN_IN_TOKEN = charactersOf(/[\w.:-]/);
const PLAIN_IN_MESSAGE = charactersOf(/[ -[\]-{}~]/);
const PLAIN_IN_VALUE = charactersOf(/[!#-<>-[\]-{}~]/);
/** How a value begins that may read as something other than text. */
const OTHER_BEGINS = charactersOf(/[-\dtfn]/);
const BARE_VALUE = /^[^\s"=\\|]+$/;
const READS_AS_OTHER = /^(?:true|false|null|-?\d[\d.eE+-]*)$/;

/** Puts one line and its line break; `mask` sees every text whole, before it is cut and escaped. */
export function putLine(to: LineBytes, entry: LogEntry, mask: Mask): void {
  to.text(toIso(entry.at));
  to.text(LEVEL_COLUMN[entry.level]);
  putRun(to, entry.runId);
  if (entry.runId !== null && entry.attempt) {
    to.text('#');
    to.number(entry.attempt);
  }
  to.text(' ');
  putMessage(to, mask(entry.message));
  const fields = new FieldsOfLine(to, mask);
  entry.fields(fields);
  fields.end();
  to.text('\n');
}

/** One line without its line break. */
export function formatLine(entry: LogEntry, mask: Mask): string {
  const bytes = new LineBytes();
  putLine(bytes, entry, mask);
  const line = bytes.take();
  return line.toString('utf8', 0, line.length - 1);
}

class FieldsOfLine implements LogFields {
  readonly #to: LineBytes;
  readonly #mask: Mask;
  readonly #start: number;
  #missing = 0;

  constructor(to: LineBytes, mask: Mask) {
    this.#to = to;
    this.#mask = mask;
    this.#start = to.length;
  }

  add(name: string, value: JsonValue): void {
    const to = this.#to;
    const before = to.length;
    if (this.#missing === 0) {
      if (before === this.#start) to.text(' |');
      to.text(fieldName(name));
      putValue(to, value, this.#mask);
      if (to.length - this.#start <= LINE_LIMITS.fields) return;
      to.cutTo(before);
    }
    this.#missing += 1;
  }

  end(): void {
    if (this.#missing > 0) this.#to.text(` fieldsCut=${this.#missing}`);
  }
}

function putRun(to: LineBytes, runId: string | null): void {
  if (runId === null) to.text('-');
  else if (!to.plain(runId, PLAIN_IN_TOKEN)) to.text(plainToken(runId));
}

function putMessage(to: LineBytes, masked: string): void {
  if (masked.length <= LINE_LIMITS.message && to.plain(masked, PLAIN_IN_MESSAGE)) return;
  to.text(escapeUpTo(masked, LINE_LIMITS.message, '|'));
}

function putValue(to: LineBytes, value: JsonValue, mask: Mask): void {
  if (value === null || typeof value === 'boolean') to.text(String(value));
  else if (typeof value !== 'number')
    putText(to, mask(typeof value === 'string' ? value : JSON.stringify(value)));
  else if (Number.isFinite(value)) to.number(value);
  else to.text('null');
}

function putText(to: LineBytes, masked: string): void {
  const isBare = masked.length <= LINE_LIMITS.value && !readsAsOther(masked);
  if (isBare && to.plain(masked, PLAIN_IN_VALUE)) return;
  const text = escapeUpTo(masked, LINE_LIMITS.value, '|"');
  to.text(BARE_VALUE.test(text) && !readsAsOther(text) ? text : `"${text}"`);
}

function readsAsOther(text: string): boolean {
  return OTHER_BEGINS[text.charCodeAt(0)] === 1 && READS_AS_OTHER.test(text);
}

const TOKEN = /^[\w.:-]+$/;

function plainToken(text: string): string {
  if (TOKEN.test(text)) return text;
  return escapeText(text).replace(/[\s=|#\\]/gu, '_') || '_';
}

/** Names come from the program itself, again and again; should one of them not, it is not kept for ever. */
const MOST_NAMES = 1000;
const names = new Map<string, string>();

/** As it stands before its value. */
function fieldName(name: string): string {
  let token = names.get(name);
  if (token === undefined) {
    token = ` ${plainToken(name)}=`;
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
