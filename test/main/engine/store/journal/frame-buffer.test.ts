import { describe, expect, it } from 'vitest';
import {
  decodeFrame,
  decodePayload,
  FRAME_BYTES,
  MAX_PAYLOAD_BYTES,
  type Frame,
} from '../../../../../src/main/engine/store/journal/frame.ts';
import { FrameBuffer } from '../../../../../src/main/engine/store/journal/frame-buffer.ts';
import type { EncodedTransaction } from '../../../../../src/main/engine/store/transaction.ts';

const SEED = 7;
const numbersOf = (lsn: number) => ({ lsn, durableLsn: lsn - 1, client: 1, clientSeq: lsn });

function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at = frames.at(-1)!.end) {
    const frame = decodeFrame(bytes, at, SEED);
    expect(frame, `a whole frame at ${at}`).not.toBeNull();
    frames.push(frame!);
  }
  return frames;
}

/** The transactions in the bytes, put together from their frames. */
function transactionsIn(bytes: Buffer) {
  const found: { lsn: number; transaction: EncodedTransaction }[] = [];
  let parts: Buffer[] = [];
  for (const frame of framesIn(bytes)) {
    expect(frame.part).toBe(parts.length);
    parts.push(frame.payload);
    if (frame.kind === 'continued') continue;
    found.push({ lsn: frame.lsn, transaction: decodePayload(Buffer.concat(parts)) });
    parts = [];
  }
  return found;
}

const bytesOf = (length: number, value: number) => new Uint8Array(length).fill(value);

describe('the frames of transactions', () => {
  it('come in the order in which they were added, whatever their size', () => {
    const given = [
      { text: '[{"a":"é"}]', blobs: [] },
      { text: '["small"]', blobs: [bytesOf(10, 1), bytesOf(0, 0)] },
      { text: '["large"]', blobs: [bytesOf(3_000_000, 2), bytesOf(5, 3)] },
      { text: '["after it"]', blobs: [] },
      { text: JSON.stringify(['x'.repeat(2_000_000)]), blobs: [] },
    ] satisfies EncodedTransaction[];
    const frames = new FrameBuffer();
    for (const [index, one] of given.entries()) frames.add(one, numbersOf(index + 1), SEED);
    const found = transactionsIn(Buffer.concat(frames.take()));
    expect(found.map(({ lsn }) => lsn)).toEqual([1, 2, 3, 4, 5]);
    for (const [index, { transaction }] of found.entries()) {
      expect(transaction.text).toBe(given[index]!.text);
      const { blobs } = given[index]!;
      expect(transaction.blobs.length).toBe(blobs.length);
      // Comparing megabytes by the test library takes seconds.
      for (const [at, blob] of transaction.blobs.entries())
        expect(Buffer.compare(blob, blobs[at]!)).toBe(0);
    }
  });

  it.each([
    ['just fills a frame', MAX_PAYLOAD_BYTES, 1],
    ['is one byte longer than a frame', MAX_PAYLOAD_BYTES + 1, 2],
    ['just fills two', 2 * MAX_PAYLOAD_BYTES, 2],
    ['goes into a third', 2 * MAX_PAYLOAD_BYTES + 1, 3],
  ])('are as many as it needs when a transaction %s', (_name, payloadBytes, count) => {
    const blob = bytesOf(payloadBytes - 4 - 2 - 4, 9);
    const frames = new FrameBuffer();
    frames.add({ text: '[]', blobs: [blob] }, numbersOf(1), SEED);
    const bytes = Buffer.concat(frames.take());
    expect(bytes.length).toBe(payloadBytes + count * FRAME_BYTES);
    expect(framesIn(bytes).map(({ kind }) => kind)).toEqual([
      ...Array<string>(count - 1).fill('continued'),
      'whole',
    ]);
    const [only] = transactionsIn(bytes);
    expect(Buffer.compare(only!.transaction.blobs[0]!, blob)).toBe(0);
  });

  it('of a large transaction are made without copying its bytes', () => {
    const blob = bytesOf(20_000_000, 4);
    const frames = new FrameBuffer();
    frames.add({ text: '[]', blobs: [blob] }, numbersOf(1), SEED);
    const shared = frames.take().filter(({ buffer }) => buffer === blob.buffer);
    expect(shared.reduce((sum, { length }) => sum + length, 0)).toBe(blob.length);
  });

  it('are gone from the buffer once they were taken', () => {
    const frames = new FrameBuffer();
    frames.add({ text: '[1]', blobs: [] }, numbersOf(1), SEED);
    frames.take();
    frames.addSeal(1, SEED);
    const bytes = Buffer.concat(frames.take());
    expect(decodeFrame(bytes, 0, SEED)).toMatchObject({ kind: 'seal', durableLsn: 1 });
    expect(bytes.length).toBe(FRAME_BYTES);
  });
});
