import { crc32 } from 'node:zlib';
import type { EncodedTransaction } from '../transaction.ts';

/**
 * The journal's file format. Numbers are little-endian.
 *
 *     file   = header, frames
 *     header = magic 8 | version u32 | generation u32 | firstLsn f64 | lineage 16 | crc32 u32            (44 bytes)
 *     frame  = magic u32 | crc32 u32 | length u32 | kind u16 | part u16 | lsn f64 | durableLsn f64
 *              | client f64 | clientSeq f64 | payload                                                    (48 bytes +)
 *
 * A transaction is one or more frames of the same LSN, all but the last of kind `continued`. A frame's checksum covers
 * everything behind itself and starts from that of the file's header, so a frame of another journal never fits.
 *
 * `durableLsn` is what was known to be on disk when the frame was written. It tells a tail that a crash tore (never
 * acknowledged) from damage to what had been acknowledged. When the writer comes to rest it adds a `seal`, a frame
 * without a transaction, so that this is known of the last transaction too.
 */
export const HEADER_BYTES = 44;
export const FRAME_BYTES = 48;
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const FILE_MAGIC = Buffer.from('PNTLJRNL');
const FRAME_MAGIC = 0x4d524650; // 'PFRM'
const VERSION = 1;
export const LINEAGE_BYTES = 16;

export const FRAME_MAGIC_BYTES = Buffer.from('PFRM');

const KINDS = ['whole', 'continued', 'seal'] as const;
type FrameKind = (typeof KINDS)[number];

export interface JournalHeader {
  readonly generation: number;
  /** LSN of the first transaction that this journal may hold. */
  readonly firstLsn: number;
  /** Which database this is a journal of. */
  readonly lineage: Uint8Array;
}

export interface Frame {
  readonly kind: FrameKind;
  readonly part: number;
  readonly lsn: number;
  readonly durableLsn: number;
  /** Who gave the transaction and as which one of theirs: tells after a crash of the thread what was stored. */
  readonly client: number;
  readonly clientSeq: number;
  readonly payload: Buffer;
  /** Where it ends, counted from the start of the bytes given. */
  readonly end: number;
}

export function encodeHeader(header: JournalHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  FILE_MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.generation, 12);
  bytes.writeDoubleLE(header.firstLsn, 16);
  bytes.set(header.lineage.subarray(0, LINEAGE_BYTES), 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
  return bytes;
}

/** Null when the bytes are no whole header. */
export function decodeHeader(bytes: Buffer): JournalHeader | null {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(FILE_MAGIC)) return null;
  if (bytes.readUInt32LE(40) !== crc32(bytes.subarray(0, 40))) return null;
  if (bytes.readUInt32LE(8) !== VERSION) return null;
  return {
    generation: bytes.readUInt32LE(12),
    firstLsn: bytes.readDoubleLE(16),
    lineage: Buffer.from(bytes.subarray(24, 24 + LINEAGE_BYTES)),
  };
}

/** From where the checksums of a journal's frames start. */
export function seedOf(header: JournalHeader): number {
  return crc32(encodeHeader(header));
}

/** The frame that begins at `at`; null when there is no whole and undamaged one. */
export function decodeFrame(bytes: Buffer, at: number, seed: number): Frame | null {
  if (at + FRAME_BYTES > bytes.length || bytes.readUInt32LE(at) !== FRAME_MAGIC) return null;
  const length = bytes.readUInt32LE(at + 8);
  const end = at + FRAME_BYTES + length;
  if (length > MAX_PAYLOAD_BYTES || end > bytes.length) return null;
  if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at + 8, end), seed)) return null;
  const kind = KINDS[bytes.readUInt16LE(at + 12)];
  if (kind === undefined) return null;
  return {
    kind,
    part: bytes.readUInt16LE(at + 14),
    lsn: bytes.readDoubleLE(at + 16),
    durableLsn: bytes.readDoubleLE(at + 24),
    client: bytes.readDoubleLE(at + 32),
    clientSeq: bytes.readDoubleLE(at + 40),
    payload: bytes.subarray(at + FRAME_BYTES, end),
    end,
  };
}

/** How many bytes must be read on before the frame at `at` can be judged; 0 when enough is there or it is no frame. */
export function bytesWanted(bytes: Buffer, at: number): number {
  if (at + FRAME_BYTES > bytes.length) return FRAME_BYTES;
  if (bytes.readUInt32LE(at) !== FRAME_MAGIC) return 0;
  const length = bytes.readUInt32LE(at + 8);
  return length > MAX_PAYLOAD_BYTES || at + FRAME_BYTES + length <= bytes.length
    ? 0
    : FRAME_BYTES + length;
}

/**
 * Collects frames into one buffer that is written at once. The buffer is reused: what `take` gives is good until the
 * next frame is added.
 */
export class FrameBuffer {
  #bytes = Buffer.allocUnsafeSlow(512 * 1024);
  #used = 0;

  get length(): number {
    return this.#used;
  }

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }

  /** Lets go of an unusually large buffer. */
  shrink(): void {
    if (this.#bytes.length > 4 * 1024 * 1024) this.#bytes = Buffer.allocUnsafeSlow(512 * 1024);
  }

  add(
    transaction: EncodedTransaction,
    numbers: Pick<Frame, 'lsn' | 'durableLsn' | 'client' | 'clientSeq'>,
    seed: number,
  ): void {
    const start = this.#used;
    this.#reserve(mostBytes(transaction));
    this.#used += FRAME_BYTES;
    this.#addPayload(transaction);
    const length = this.#used - start - FRAME_BYTES;
    if (length <= MAX_PAYLOAD_BYTES) this.#finish(start, length, 'whole', 0, numbers, seed);
    else this.#split(start, length, numbers, seed);
  }

  addSeal(durableLsn: number, seed: number): void {
    const start = this.#used;
    this.#reserve(FRAME_BYTES);
    this.#used += FRAME_BYTES;
    const numbers = { lsn: 0, durableLsn, client: 0, clientSeq: 0 };
    this.#finish(start, 0, 'seal', 0, numbers, seed);
  }

  /** Payload = text bytes u32 | text | { blob bytes u32 | blob }. */
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

  /** Pushes the parts of a payload apart, the last one first, so that each has room for its head before it. */
  #split(
    start: number,
    length: number,
    numbers: Pick<Frame, 'lsn' | 'durableLsn' | 'client' | 'clientSeq'>,
    seed: number,
  ): void {
    const last = Math.ceil(length / MAX_PAYLOAD_BYTES) - 1;
    for (let part = last; part >= 0; part--) {
      const offset = part * MAX_PAYLOAD_BYTES;
      const size = Math.min(length - offset, MAX_PAYLOAD_BYTES);
      const frameStart = start + offset + part * FRAME_BYTES;
      const from = start + FRAME_BYTES + offset;
      this.#bytes.copyWithin(frameStart + FRAME_BYTES, from, from + size);
      this.#finish(frameStart, size, part === last ? 'whole' : 'continued', part, numbers, seed);
    }
    this.#used = start + length + (last + 1) * FRAME_BYTES;
  }

  #finish(
    start: number,
    length: number,
    kind: FrameKind,
    part: number,
    numbers: Pick<Frame, 'lsn' | 'durableLsn' | 'client' | 'clientSeq'>,
    seed: number,
  ): void {
    const bytes = this.#bytes;
    bytes.writeUInt32LE(FRAME_MAGIC, start);
    bytes.writeUInt32LE(length, start + 8);
    bytes.writeUInt16LE(KINDS.indexOf(kind), start + 12);
    bytes.writeUInt16LE(part, start + 14);
    bytes.writeDoubleLE(numbers.lsn, start + 16);
    bytes.writeDoubleLE(numbers.durableLsn, start + 24);
    bytes.writeDoubleLE(numbers.client, start + 32);
    bytes.writeDoubleLE(numbers.clientSeq, start + 40);
    const end = start + FRAME_BYTES + length;
    bytes.writeUInt32LE(crc32(bytes.subarray(start + 8, end), seed), start + 4);
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}

/** What the frames of a transaction take at most: a UTF-16 unit is at most 3 bytes of UTF-8. */
function mostBytes({ text, blobs }: EncodedTransaction): number {
  const payload = blobs.reduce((sum, { length }) => sum + 4 + length, 4 + 3 * text.length);
  return payload + Math.ceil(payload / MAX_PAYLOAD_BYTES) * FRAME_BYTES;
}

/** The transaction in a payload; throws when the bytes are none, which the checksum has ruled out. */
export function decodePayload(payload: Buffer): EncodedTransaction {
  const textEnd = 4 + payload.readUInt32LE(0);
  const text = payload.toString('utf8', 4, textEnd);
  const blobs: Uint8Array[] = [];
  for (let at = textEnd; at < payload.length;) {
    const end = at + 4 + payload.readUInt32LE(at);
    blobs.push(payload.subarray(at + 4, end));
    at = end;
  }
  return { text, blobs };
}
