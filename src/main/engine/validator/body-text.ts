import { isAscii, isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { say } from '../../../shared/sentences.ts';
import { excerpt, Refusal } from './refusal.ts';

export interface BodyText {
  /** UTF-8 without byte order mark. */
  readonly bytes: Buffer;
  /** The text of a range of bytes that begins and ends between characters. */
  readonly textOf: (start: number, end: number) => string;
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];

/**
 * The text of a body. A byte order mark wins over the header, the header over the default, which is UTF-8. A body that
 * is not what it says is refused: no character is ever replaced in silence.
 */
export function readBody(body: Uint8Array, contentType: string | null): BodyText {
  const raw = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const charset = markedCharset(raw) ?? charsetOf(contentType) ?? 'utf-8';
  if (charset === 'utf-8') return readUtf8(raw);
  return readUtf8(Buffer.from(decode(raw, charset)));
}

/** The charset that a Content-Type header names, in lower case; null when it names none. */
export function charsetOf(contentType: string | null): string | null {
  const match = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '');
  const name = match?.[1]?.toLowerCase();
  return name === undefined ? null : name === 'utf8' ? 'utf-8' : name;
}

function readUtf8(raw: Buffer): BodyText {
  const bytes = UTF8_MARK.every((byte, index) => raw[index] === byte) ? raw.subarray(3) : raw;
  // Latin-1 makes a text of one byte a character without looking at each.
  const encoding = isAscii(bytes) ? 'latin1' : 'utf8';
  if (encoding === 'utf8' && !isUtf8(bytes)) throw notInCharset(raw, 'utf-8');
  return { bytes, textOf: (start, end) => bytes.toString(encoding, start, end) };
}

function decode(raw: Buffer, charset: string): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch {
    throw new Refusal('data', 'body-encoding', say('charsetUnknown', { charset }), {
      excerpt: excerpt(raw.toString('latin1', 0, 4096)),
    });
  }
  try {
    if (decoder.encoding === 'windows-1252') return decodeWindows1252(raw);
    return decoder.decode(raw);
  } catch {
    throw notInCharset(raw, charset);
  }
}

/** What the bytes 0x80 to 0x9f are in windows-1252 (https://encoding.spec.whatwg.org/index-windows-1252.txt). */
const WINDOWS_1252_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * Node 20 decodes windows-1252, and Latin-1 and ASCII which the web takes for it, as plain Latin-1: a euro sign would
 * become a control character (nodejs/node#56542).
 */
function decodeWindows1252(raw: Buffer): string {
  return raw
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (one) => WINDOWS_1252_HIGH.charAt(one.charCodeAt(0) - 0x80));
}

function notInCharset(raw: Buffer, charset: string): Refusal {
  return new Refusal(
    'data',
    'body-encoding',
    say('charsetWrong', { charset: charset.toUpperCase() }),
    { excerpt: excerpt(raw.toString('latin1', 0, 4096)) },
  );
}

/** UTF-16 and UTF-32 begin with a mark; JSON that begins without one is recognised by the zero bytes around `{`. */
function markedCharset(raw: Buffer): string | null {
  const [first, second] = raw;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== undefined && first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be';
  return UTF8_MARK.every((byte, index) => raw[index] === byte) ? 'utf-8' : null;
}
