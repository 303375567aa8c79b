import { crc32 } from 'node:zlib';
import type { EncodedTransaction } from '../transaction.ts';
import {
  FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
  writeFrameHead,
  type FrameKind,
  type FrameNumbers,
} from './frame.ts';

/** From here on a transaction's bytes are written from where they are instead of being copied into a buffer. */
const LARGE_BYTES = 1024 * 1024;

/**
 * Collects frames that are written together. The buffer is reused: what `take` gives is good until the next frame is
 * added.
 */
export class FrameBuffer {
  #bytes = Buffer.allocUnsafeSlow(512 * 1024);
  #used = 0;
  /** What stands before the bytes of the buffer that were not put here yet. */
  #pieces: Uint8Array[] = [];
  #usedInPieces = 0;

  /** The frames in the order in which they were added, in pieces. */
  take(): readonly Uint8Array[] {
    this.#cut();
    const taken = this.#pieces;
    this.#pieces = [];
    this.#used = 0;
    this.#usedInPieces = 0;
    return taken;
  }

  /** Lets go of an unusually large buffer. */
  shrink(): void {
    if (this.#bytes.length > 4 * 1024 * 1024) this.#bytes = Buffer.allocUnsafeSlow(512 * 1024);
  }

  add(transaction: EncodedTransaction, numbers: FrameNumbers, seed: number): void {
    const most = mostBytes(transaction);
    if (most >= LARGE_BYTES) {
      this.#cut();
      this.#pieces.push(...framesInPieces(transaction, numbers, seed));
      return;
    }
    const start = this.#used;
    this.#reserve(FRAME_BYTES + most);
    this.#used += FRAME_BYTES;
    this.#addPayload(transaction);
    this.#finish(start, 'whole', numbers, seed);
  }

  addSeal(durableLsn: number, seed: number): void {
    const start = this.#used;
    this.#reserve(FRAME_BYTES);
    this.#used += FRAME_BYTES;
    this.#finish(start, 'seal', { lsn: 0, durableLsn, client: 0, clientSeq: 0 }, seed);
  }

  #addPayload({ text, blobs }: EncodedTransaction): void {
    const written = this.#bytes.write(text, this.#used + 4);
    this.#bytes.writeUInt32LE(written, this.#used);
    this.#used += 4 + written;
    for (const blob of blobs) {
      this.#bytes.writeUInt32LE(blob.length, this.#used);
      this.#bytes.set(blob, this.#used + 4);
      this.#used += 4 + blob.length;
    }
  }

  #finish(start: number, kind: FrameKind, numbers: FrameNumbers, seed: number): void {
    const bytes = this.#bytes;
    const length = this.#used - start - FRAME_BYTES;
    writeFrameHead(bytes, start, { kind, part: 0, length }, numbers);
    bytes.writeUInt32LE(crc32(bytes.subarray(start + 8, this.#used), seed), start + 4);
  }

  #cut(): void {
    if (this.#used > this.#usedInPieces)
      this.#pieces.push(this.#bytes.subarray(this.#usedInPieces, this.#used));
    this.#usedInPieces = this.#used;
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

/** The frames of a large transaction: heads of their own between parts of its bytes, none of which is copied. */
function framesInPieces(
  transaction: EncodedTransaction,
  numbers: FrameNumbers,
  seed: number,
): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const payloads = partsOf(payloadPieces(transaction), MAX_PAYLOAD_BYTES);
  for (const [part, payload] of payloads.entries()) {
    const kind = part === payloads.length - 1 ? 'whole' : 'continued';
    const head = Buffer.allocUnsafe(FRAME_BYTES);
    writeFrameHead(head, 0, { kind, part, length: lengthOf(payload) }, numbers);
    const headSum = crc32(head.subarray(8), seed);
    head.writeUInt32LE(
      payload.reduce((sum, bytes) => crc32(bytes, sum), headSum),
      4,
    );
    pieces.push(head, ...payload);
  }
  return pieces;
}

/** Payload = text bytes u32 | text | { blob bytes u32 | blob }. */
function payloadPieces({ text, blobs }: EncodedTransaction): Uint8Array[] {
  return [Buffer.from(text), ...blobs].flatMap((bytes) => {
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
}

/** What a payload takes at most: a UTF-16 unit is at most 3 bytes of UTF-8. */
function mostBytes({ text, blobs }: EncodedTransaction): number {
  let most = 4 + 3 * text.length;
  for (const { length } of blobs) most += 4 + length;
  return most;
}

/** Deals pieces out to parts of so many bytes; only the last one may have fewer. */
function partsOf(pieces: readonly Uint8Array[], partBytes: number): Uint8Array[][] {
  let part: Uint8Array[] = [];
  let room = partBytes;
  const parts = [part];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      if (room === 0) {
        parts.push((part = []));
        room = partBytes;
      }
      const taken = piece.subarray(at, at + room);
      part.push(taken);
      room -= taken.length;
      at += taken.length;
    }
  }
  return parts;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
