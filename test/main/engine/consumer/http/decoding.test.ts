import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBody } from '../../../../../src/main/engine/consumer/http/decoding.ts';

const MAX = 1024 * 1024;
const ways = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;
type Way = keyof typeof ways;

it('undoes any body in any three layers', async () => {
  const layers = fc.array(fc.constantFrom<Way>('gzip', 'deflate', 'br'), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), layers, async (bytes, names) => {
      const encoded = names.reduce((body, name) => ways[name](body), Buffer.from(bytes));
      const decoded = await decodeBody(encoded, names.join(', '), MAX, 'api');
      expect(decoded.ok && Buffer.compare(decoded.body, Buffer.from(bytes))).toBe(0);
    }),
    { numRuns: 100 },
  );
});

it('undoes deflate without its header, and knows x-gzip and capital letters', async () => {
  const text = Buffer.from('some text');
  expect(await decodeBody(deflateRawSync(text), 'deflate', MAX, 'api')).toMatchObject({
    body: text,
  });
  expect(await decodeBody(gzipSync(text), 'X-GZIP', MAX, 'api')).toMatchObject({ body: text });
});

it.each(['gzip', 'deflate', 'br'] as const)(
  'stops a %s bomb at the limit, small or large',
  async (way) => {
    for (const size of [2 * MAX, 40 * MAX]) {
      const bomb = ways[way](Buffer.alloc(size));
      expect(await decodeBody(bomb, way, MAX, 'api')).toMatchObject({
        ok: false,
        error: { code: 'body-too-large', kind: 'limit' },
      });
    }
  },
);

it('stops a bomb inside a bomb', async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(40 * MAX)));
  expect(await decodeBody(bomb, 'gzip, gzip', MAX, 'api')).toMatchObject({ ok: false });
});

it('takes a body that is exactly as large as allowed', async () => {
  const body = gzipSync(Buffer.alloc(MAX, 'a'));
  expect(await decodeBody(body, 'gzip', MAX, 'api')).toMatchObject({ ok: true });
});

it('tells a body that was cut at any byte from a whole one', async () => {
  const whole = gzipSync(JSON.stringify({ id: 1, name: 'a name', other: [1, 2, 3] }));
  for (let length = 1; length < whole.length; length++) {
    const decoded = await decodeBody(whole.subarray(0, length), 'gzip', MAX, 'api');
    expect(decoded).toMatchObject({ ok: false, error: { code: 'incomplete-body' } });
  }
});
