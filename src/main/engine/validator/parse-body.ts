import { say, type Said, type SentenceWith } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { readBody } from './body-text.ts';
import { absentMark, parseMarked } from './exact-json.ts';
import { type JsonScan, scanJson } from './json-scan.ts';
import { excerpt, Refusal } from './refusal.ts';

/** A body that was looked at but not parsed: it is in a known charset, is no other format, and keeps the limits. */
export interface OpenBody {
  readonly bytes: Buffer;
  readonly textOf: (start: number, end: number) => string;
  readonly scan: JsonScan;
  /** See exact-json.ts; null when every number of the body survives as a double. */
  readonly mark: string | null;
}

/**
 * JSON as two trees of the same form: `loose` has doubles, which selectors and schemas look at; `exact` keeps the
 * digits as sent, which storage, hash and key are made of. Without inexact numbers both are one tree.
 */
export interface Trees {
  readonly loose: JsonValue;
  readonly exact: JsonValue;
}

export type ParsedBody = OpenBody & Trees;

/** More values than this fill the memory of a thread; 64 MiB of ordinary records have a third of them. */
const MOST_VALUES = 10_000_000;

/** Throws a `Refusal` when the body is not an array or object of JSON within the limits. */
export function parseBody(
  body: Uint8Array,
  contentType: string | null,
  maxDepth: number,
): ParsedBody {
  return parseWhole(openBody(body, contentType, maxDepth));
}

export function openBody(body: Uint8Array, contentType: string | null, maxDepth: number): OpenBody {
  const { bytes, textOf } = readBody(body, contentType);
  refuseOtherFormats(textOf(0, bytes.length > HEAD_BYTES ? HEAD_BYTES : bytes.length));
  const scan = scanJson(bytes);
  refuseExcess(scan, maxDepth, bytes);
  const mark = scan.inexact.length === 0 ? null : absentMark(bytes);
  if (mark === null && scan.inexact.length > 0) throw notJson(say('bodyUsesEveryMark').says, bytes);
  return { bytes, textOf, scan, mark };
}

/** So much of a body tells which format it is; half a character at its end does no harm. */
const HEAD_BYTES = 4096;

export function parseWhole(body: OpenBody): ParsedBody {
  const trees = parseRange(body, 0, body.bytes.length, body.scan.inexact);
  if (typeof trees.loose !== 'object' || trees.loose === null)
    throw unexpected(scalarName(trees.loose), headOf(body.bytes));
  return { loose: trees.loose, exact: trees.exact, ...body };
}

/** Parses a part of a body that is one JSON value; `inexact` are the offsets of its inexact numbers in the body. */
export function parseRange(
  body: OpenBody,
  start: number,
  end: number,
  inexact: readonly number[],
): Trees {
  const loose = parseOrRefuse(body, () => JSON.parse(body.textOf(start, end)) as JsonValue);
  const { mark, bytes } = body;
  if (mark === null || inexact.length === 0) return { loose, exact: loose };
  const within = start === 0 ? inexact : inexact.map((offset) => offset - start);
  const part = bytes.subarray(start, end);
  return { loose, exact: parseOrRefuse(body, () => parseMarked(part, within, mark)) };
}

function parseOrRefuse(body: OpenBody, parse: () => JsonValue): JsonValue {
  try {
    return parse();
  } catch (thrown) {
    const head = body.textOf(0, Math.min(body.bytes.length, HEAD_BYTES));
    throw isLines(head) ? unexpected('gotLines', head) : notJson(reason(thrown), body.bytes);
  }
}

/** Several values, one a line: each of them is JSON, the whole is not. */
function isLines(head: string): boolean {
  const [first = '', second = ''] = head.trimStart().split(/\r?\n/, 2);
  if (!first.startsWith('{') || !second.startsWith('{')) return false;
  try {
    JSON.parse(first);
    return true;
  } catch {
    return false;
  }
}

function notJson(why: string | Said, bytes: Buffer): Refusal {
  return new Refusal('data', 'body-not-json', say('bodyNotJson', { why }), {
    excerpt: headOf(bytes),
  });
}

function headOf(bytes: Buffer): string {
  return excerpt(bytes.toString('utf8', 0, HEAD_BYTES));
}

/** What is no JSON at all gets a sentence that says what it is; the parser would only complain of its first letter. */
function refuseOtherFormats(text: string): void {
  const start = /\S/.exec(text);
  if (!start) throw unexpected('gotEmpty', text);
  if (text[start.index] === '<') {
    const isHtml = /^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text);
    throw unexpected(isHtml ? 'gotHtml' : 'gotMarkup', text);
  }
}

function refuseExcess(scan: JsonScan, maxDepth: number, bytes: Buffer): void {
  if (scan.depth > maxDepth) {
    throw new Refusal(
      'limit',
      'body-depth',
      say('bodyDepth', { depth: scan.depth, most: maxDepth }),
      { field: 'limits.maxDepth', excerpt: headOf(bytes) },
    );
  }
  if (scan.values > MOST_VALUES) {
    throw new Refusal('limit', 'body-values', say('bodyValues', { most: MOST_VALUES }), {
      excerpt: headOf(bytes),
    });
  }
}

function unexpected(what: Got, text: string): Refusal {
  return new Refusal('data', 'body-type', say('bodyNotList', { what: say(what).says }), {
    excerpt: excerpt(text),
  });
}

type Got = Extract<SentenceWith<never>, `got${string}`>;

function scalarName(value: JsonValue): Got {
  if (typeof value === 'string') return 'gotText';
  if (typeof value === 'number') return 'gotNumber';
  return value === null ? 'gotNull' : 'gotBoolean';
}

/** V8 repeats the text in its message; the excerpt shows it already. */
function reason(thrown: unknown): string {
  return (thrown as Error).message.replace(/,? ?(?:\.\.\.)?".*" is not valid JSON$/s, '');
}
