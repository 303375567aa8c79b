import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashBody } from '../../../../src/main/engine/consumer/body-hash.ts';

const MEBIBYTE = 1024 * 1024;

describe('the hash by which a body is known again', () => {
  it.each([0, 1, 2 * MEBIBYTE, 2 * MEBIBYTE + 1, 5 * MEBIBYTE])(
    'is the beginning of its SHA-256, at a length of %i bytes',
    async (length) => {
      const body = Buffer.alloc(length, 'abc');
      const whole = createHash('sha256').update(body).digest('hex');
      expect(await hashBody(body)).toBe(whole.slice(0, 32));
    },
  );

  it('is made between other work when the body is large', () => {
    expect(hashBody(Buffer.alloc(MEBIBYTE))).toBeTypeOf('string');
    expect(hashBody(Buffer.alloc(3 * MEBIBYTE))).toBeInstanceOf(Promise);
  });
});
