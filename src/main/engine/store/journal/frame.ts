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
export type FrameKind = (typeof KINDS)[number];

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

export type FrameNumbers = Pick<Frame, 'lsn' | 'durableLsn' | 'client' | 'clientSeq'>;

/** Everything of a frame's head but its checksum, which covers what stands behind it. */
export function writeFrameHead(
  bytes: Buffer,
  start: number,
  { kind, part, length }: { kind: FrameKind; part: number; length: number },
  { lsn, durableLsn, client, clientSeq }: FrameNumbers,
): void {
  bytes.writeUInt32LE(FRAME_MAGIC, start);
  bytes.writeUInt32LE(length, start + 8);
  bytes.writeUInt16LE(KINDS.indexOf(kind), start + 12);
  bytes.writeUInt16LE(part, start + 14);
  bytes.writeDoubleLE(lsn, start + 16);
  bytes.writeDoubleLE(durableLsn, start + 24);
  bytes.writeDoubleLE(client, start + 32);
  bytes.writeDoubleLE(clientSeq, start + 40);
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
