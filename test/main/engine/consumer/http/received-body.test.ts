import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReceivedBody } from '../../../../../src/main/engine/consumer/http/received-body.ts';
import { hasOwnBuffer } from '../../../../../src/main/engine/own-buffer.ts';

const MEBIBYTE = 1024 * 1024;

function received(chunks: readonly Buffer[], announced: number, most = 64 * MEBIBYTE): Buffer {
  const body = new ReceivedBody(announced, most);
  for (const chunk of chunks) body.add(chunk);
  expect(body.size).toBe(chunks.reduce((sum, { length }) => sum + length, 0));
  return body.take();
}

describe('a body that arrives in pieces', () => {
  it('is whole, whatever its length and whatever was announced', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500_000 }), { minLength: 1, maxLength: 12 });
    const announced = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 * MEBIBYTE }));
    fc.assert(
      fc.property(sizes, announced, (lengths, bytes) => {
        const chunks = lengths.map((length, index) => Buffer.alloc(length, index + 1));
        expect(received(chunks, bytes).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('is put together in one buffer of its own when it is as long as announced', () => {
    const chunks = Array.from({ length: 50 }, (_, index) => Buffer.alloc(65_536, index));
    const body = received(chunks, 50 * 65_536);
    expect(hasOwnBuffer(body)).toBe(true);
    expect(body.buffer.byteLength).toBe(50 * 65_536);
  });

  it('takes little more room than may come when its length is not known', () => {
    const chunks = Array.from({ length: 30 }, () => Buffer.alloc(65_536));
    const body = received(chunks, 0, 2 * MEBIBYTE);
    expect(body.buffer.byteLength).toBeLessThanOrEqual(2 * MEBIBYTE);
  });
});
