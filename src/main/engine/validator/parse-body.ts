import type { JsonValue } from '../../../shared/values.ts';
import { readBody } from './body-text.ts';
import { parseExact } from './exact-json.ts';
import { type JsonScan, scanJson } from './json-scan.ts';
import { excerpt, Refusal } from './refusal.ts';

/**
 * A body as two trees of the same form: `loose` has doubles, which selectors and schemas look at; `exact` keeps the
 * digits as sent, which storage, hash and key are made of. Without inexact numbers both are one tree.
 */
export interface ParsedBody {
  readonly loose: JsonValue;
  readonly exact: JsonValue;
  readonly mark: string | null;
  readonly scan: JsonScan;
  /** The whole text once more; it is not kept, because trees and text together would be too much for a large body. */
  readonly readText: () => string;
}

/** More values than this fill the memory of a thread; 64 MiB of ordinary records have a third of them. */
const MOST_VALUES = 10_000_000;

/** Throws a `Refusal` when the body is not an array or object of JSON within the limits. */
export function parseBody(
  body: Uint8Array,
  contentType: string | null,
  maxDepth: number,
): ParsedBody {
  const { bytes, text } = readBody(body, contentType);
  refuseOtherFormats(text);
  const scan = scanJson(bytes);
  refuseExcess(scan, maxDepth, text);
  const readText = () => bytes.toString('utf8');
  try {
    const loose = JSON.parse(text) as JsonValue;
    if (typeof loose !== 'object' || loose === null) throw unexpected(scalarName(loose), text);
    if (scan.inexact.length === 0) return { loose, exact: loose, mark: null, scan, readText };
    const { value, mark } = parseExact(bytes, text, scan.inexact);
    return { loose, exact: value, mark, scan, readText };
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw new Refusal('data', 'body-not-json', `The body is not valid JSON: ${reason(thrown)}.`, {
      excerpt: excerpt(text),
    });
  }
}

/** What is no JSON at all gets a sentence that says what it is; the parser would only complain of its first letter. */
function refuseOtherFormats(text: string): void {
  const start = /\S/.exec(text);
  if (!start) throw unexpected('an empty body', text);
  if (text[start.index] === '<') {
    const isHtml = /^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text);
    throw unexpected(isHtml ? 'an HTML page' : 'XML or HTML', text);
  }
}

function refuseExcess(scan: JsonScan, maxDepth: number, text: string): void {
  if (scan.depth > maxDepth) {
    throw new Refusal(
      'limit',
      'body-depth',
      `The body is nested ${scan.depth} levels deep; the limit limits.maxDepth is ${maxDepth}.`,
      { field: 'limits.maxDepth', excerpt: excerpt(text) },
    );
  }
  if (scan.values > MOST_VALUES) {
    throw new Refusal(
      'limit',
      'body-values',
      `The body has more than ${MOST_VALUES} values, which is the most that is read at once; ask for smaller pages.`,
      { excerpt: excerpt(text) },
    );
  }
}

function unexpected(what: string, text: string): Refusal {
  return new Refusal('data', 'body-type', `Expected a JSON array or object, got ${what}.`, {
    excerpt: excerpt(text),
  });
}

function scalarName(value: JsonValue): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** V8 repeats the text in its message; the excerpt shows it already. */
function reason(thrown: unknown): string {
  return (thrown as Error).message.replace(/,? ?(?:\.\.\.)?".*" is not valid JSON$/s, '');
}
