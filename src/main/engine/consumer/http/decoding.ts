import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import type { RunError } from '../../../../shared/run.ts';
import { say } from '../../../../shared/sentences.ts';
import { bodyLimitHit, runError } from '../errors.ts';

/**
 * Undoes `Content-Encoding`. Decoded bytes are what is counted and limited: 194 KB of gzip can be 200 MB. Layers are
 * undone one after the other, each within the limit.
 */
export type Decoded =
  { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly error: RunError };

export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

const MOST_LAYERS = 3;
/** Below this, undoing it at once is cheaper than a hop through the thread pool. */
const AT_ONCE_BYTES = 16 * 1024;
/** How much a body may grow and still be undone at once. */
const AT_ONCE_DECODED_BYTES = 256 * 1024;

interface Coding {
  readonly sync: (body: Buffer, options: zlib.ZlibOptions) => Buffer;
  readonly async: (body: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
}

const gzip: Coding = { sync: zlib.gunzipSync, async: promisify(zlib.gunzip) };
const deflate: Coding = { sync: zlib.inflateSync, async: promisify(zlib.inflate) };
const deflateRaw: Coding = { sync: zlib.inflateRawSync, async: promisify(zlib.inflateRaw) };
const brotli: Coding = {
  sync: zlib.brotliDecompressSync,
  async: promisify(zlib.brotliDecompress),
};

/** `encoding` is the header's text. Never throws. */
export function decodeBody(
  body: Buffer,
  encoding: string | null,
  maxBytes: number,
  origin: string,
): Decoded | Promise<Decoded> {
  const layers = layersOf(encoding);
  if (layers.length === 0 || body.length === 0) return { ok: true, body };
  if (layers.length > MOST_LAYERS) return refuse(tooManyLayers(layers.length));
  return undoLayers(body, layers, maxBytes, origin);
}

function layersOf(encoding: string | null): readonly string[] {
  if (encoding === null) return [];
  return encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
}

async function undoLayers(
  body: Buffer,
  layers: readonly string[],
  maxBytes: number,
  origin: string,
): Promise<Decoded> {
  let current = body;
  // The last one named was applied last.
  for (const name of layers.toReversed()) {
    const coding = codingOf(name, current);
    if (coding === null) return refuse(unknownEncoding(name));
    try {
      current = await undo(coding, current, maxBytes);
    } catch (error) {
      return refuse(describe(error, name, maxBytes, origin));
    }
  }
  return { ok: true, body: current };
}

async function undo(coding: Coding, body: Buffer, maxBytes: number): Promise<Buffer> {
  if (body.length <= AT_ONCE_BYTES) {
    try {
      return coding.sync(body, { maxOutputLength: Math.min(maxBytes, AT_ONCE_DECODED_BYTES) });
    } catch (error) {
      if (codeOf(error) !== 'ERR_BUFFER_TOO_LARGE' || maxBytes <= AT_ONCE_DECODED_BYTES)
        throw error;
    }
  }
  return coding.async(body, { maxOutputLength: maxBytes });
}

function codingOf(name: string, body: Buffer): Coding | null {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return gzip;
    case 'deflate':
      return hasZlibHeader(body) ? deflate : deflateRaw;
    case 'br':
      return brotli;
    default:
      return null;
  }
}

/** Some servers send raw deflate under this name (RFC 9110 wants the zlib header of RFC 1950). */
function hasZlibHeader(body: Buffer): boolean {
  const first = body[0] ?? 0;
  return (first & 0x0f) === 8 && ((first << 8) | (body[1] ?? 0)) % 31 === 0;
}

function describe(error: unknown, name: string, maxBytes: number, origin: string): RunError {
  const code = codeOf(error);
  if (code === 'ERR_BUFFER_TOO_LARGE') return bodyLimitHit(maxBytes, origin);
  if (code === 'Z_BUF_ERROR')
    return runError('incomplete-body', 'transient', say('bodyCutPacked', { origin, coding: name }));
  return runError('bad-encoding', 'data', say('codingWrong', { origin, coding: name, code }));
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : 'unreadable';
}

function unknownEncoding(name: string): RunError {
  return runError('bad-encoding', 'data', say('codingUnknown', { coding: name.slice(0, 40) }));
}

function tooManyLayers(count: number): RunError {
  return runError('too-many-encodings', 'limit', say('codingLayers', { count, most: MOST_LAYERS }));
}

function refuse(error: RunError): Decoded {
  return { ok: false, error };
}
