/**
 * The records of one page, packed into one buffer: made by the validator, carried through the main thread as a
 * transferred ArrayBuffer, journaled and applied by the store, and parsed by nobody on the way.
 *
 *     magic 'PRB1' | count u32 | count x { keyBytes u32, dataBytes u32, hash 16 bytes } | count x { key utf8, data utf8 }
 *
 * Numbers are little-endian. `data` is JSON text with the digits as sent; `hash` is the first 16 bytes of the SHA-256
 * of the canonical record.
 */
export const HASH_BYTES = 16;

const MAGIC = 0x31425250;
const HEAD_BYTES = 8;
const ENTRY_BYTES = 8 + HASH_BYTES;

export interface PackedRecord {
  readonly key: string;
  readonly data: string;
  /** 16 bytes. */
  readonly hash: Uint8Array;
}

const encoder = new TextEncoder();

/** Packs records in order. The result owns its whole ArrayBuffer, so it can be transferred. */
export function packRecords(records: readonly PackedRecord[]): Uint8Array {
  let capacity = HEAD_BYTES + records.length * ENTRY_BYTES;
  // A UTF-16 unit takes at most 3 bytes of UTF-8.
  for (const { key, data } of records) capacity += 3 * (key.length + data.length);
  const scratch = new Uint8Array(capacity);
  const view = new DataView(scratch.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, records.length, true);
  let entry = HEAD_BYTES;
  let body = HEAD_BYTES + records.length * ENTRY_BYTES;
  for (const record of records) {
    const keyBytes = encoder.encodeInto(record.key, scratch.subarray(body)).written;
    body += keyBytes;
    const dataBytes = encoder.encodeInto(record.data, scratch.subarray(body)).written;
    body += dataBytes;
    view.setUint32(entry, keyBytes, true);
    view.setUint32(entry + 4, dataBytes, true);
    scratch.set(record.hash.subarray(0, HASH_BYTES), entry + 8);
    entry += ENTRY_BYTES;
  }
  return scratch.slice(0, body);
}

/** How many records a batch holds; throws when the bytes are no batch. */
export function countRecords(batch: Uint8Array): number {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  if (batch.byteLength < HEAD_BYTES || view.getUint32(0, true) !== MAGIC)
    throw new Error('These bytes are not a batch of records.');
  return view.getUint32(4, true);
}

/**
 * Calls back for each record in order. The three are views into the batch: key and data as UTF-8, which goes into the
 * database without becoming a string on the way.
 */
export function eachRecord(
  batch: Uint8Array,
  visit: (key: Uint8Array, data: Uint8Array, hash: Uint8Array, index: number) => void,
): void {
  const count = countRecords(batch);
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let entry = HEAD_BYTES;
  let body = HEAD_BYTES + count * ENTRY_BYTES;
  if (body > batch.byteLength) throw new Error('A batch of records is cut short.');
  for (let index = 0; index < count; index++) {
    const keyEnd = body + view.getUint32(entry, true);
    const dataEnd = keyEnd + view.getUint32(entry + 4, true);
    if (dataEnd > batch.byteLength) throw new Error('A batch of records is cut short.');
    visit(
      batch.subarray(body, keyEnd),
      batch.subarray(keyEnd, dataEnd),
      batch.subarray(entry + 8, entry + ENTRY_BYTES),
      index,
    );
    entry += ENTRY_BYTES;
    body = dataEnd;
  }
}
