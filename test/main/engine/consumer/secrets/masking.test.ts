import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Masker } from '../../../../../src/main/engine/consumer/secrets/masking.ts';

/** Every way in which a server, a library or a log may spell a value. */
const spellings: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  'URL-escaped': encodeURIComponent,
  'URL-escaped in small letters': (secret) =>
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  'URL-escaped in part': encodeURI,
  'URL-escaped whole': (secret) =>
    [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  'form-encoded': (secret) => new URLSearchParams({ v: secret }).toString().slice(2),
  JSON: (secret) => JSON.stringify(secret).slice(1, -1),
  'JSON with slashes escaped': (secret) =>
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  'JSON in ASCII': (secret) =>
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(
        /[\u007f-\uffff]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      ),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify(secret)).slice(3, -3),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  'base64 after one byte': (secret) => Buffer.from(`u${secret}`).toString('base64'),
  'base64 after two bytes': (secret) => Buffer.from(`u:${secret}`).toString('base64'),
  'base64 in the middle': (secret) => Buffer.from(`user:${secret}:tail`).toString('base64'),
  base64url: (secret) => Buffer.from(`u:${secret}`).toString('base64url'),
};

const secretText = fc.oneof(
  fc.string({ minLength: 8, maxLength: 40 }),
  fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
  fc.constant('s3cr3t/+"ç&\\ \n€😀'),
);

describe('masking', () => {
  it.each(Object.entries(spellings))('finds every secret %s', async (_name, spell) => {
    await fc.assert(
      fc.asyncProperty(secretText, fc.string(), fc.string(), async (secret, before, after) => {
        fc.pre(secret.trim().length > 7);
        const spelled = spell(secret);
        const masker = new Masker([secret]);
        const masked = masker.mask(`${before} ${spelled} ${after}`);
        expect(masked).not.toContain(spelled);
        expect(masker.finds(spelled)).toBe(true);
        const bytes = await masker.maskBytes(Buffer.from(`"${spelled}"`));
        expect(Buffer.from(bytes).toString()).not.toContain(spelled);
      }),
      { numRuns: 50 },
    );
  });

  it('leaves a text without secrets as it is', () => {
    const masker = new Masker(['canary-4711', 'other']);
    const text = 'canary-4712, "oth er" & <so on>';
    expect(masker.mask(text)).toBe(text);
    const bytes = Buffer.from(text);
    expect(masker.maskBytes(bytes)).toBe(bytes);
  });

  it('hides the longer of two secrets that contain each other', () => {
    expect(new Masker(['abcd', 'abcdefgh']).mask('xabcdefghx')).toBe('x***x');
  });

  it('keeps JSON readable where a numeric secret is echoed as a number', async () => {
    const masked = await new Masker(['123456']).maskBytes(Buffer.from('{"pin":123456}'));
    expect(JSON.parse(Buffer.from(masked).toString())).toEqual({ pin: 0 });
  });

  it.each(['c4n4ry-5ecret', 'c4n4ry {of} "every", [kind]:\n<b>'])(
    'finds a secret wherever it stands in a large body, and lets other work go on: %s',
    async (secret) => {
      const spelled = Object.values(spellings).map((spell) => spell(secret));
      // Each record has another length, so that a secret stands at every place where the body may be cut.
      const records = Array.from({ length: 60_000 }, (_, id) => ({
        id,
        text: spelled[id % spelled.length],
        more: 'x'.repeat(id % 37),
      }));
      const body = Buffer.from(JSON.stringify(records));
      expect(body.length).toBeGreaterThan(3 * 1024 * 1024);
      const masker = new Masker([secret]);
      let isDone = false;
      let turns = 0;
      const count = () => {
        turns++;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      const masked = await masker.maskBytes(body);
      isDone = true;
      expect(Buffer.from(masked).toString() === masker.mask(body.toString())).toBe(true);
      expect(masker.finds(Buffer.from(masked).toString())).toBe(false);
      // The second one has everything in it that stands between values: there is no place to pause at.
      if (!secret.includes('{')) expect(turns).toBeGreaterThan(2);
    },
  );

  it('gives a large body back as it is when it holds no secret', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024, '{"id":1},');
    expect(await new Masker(['c4n4ry-5ecret']).maskBytes(body)).toBe(body);
  });

  it('does not hide values so short that they are in every text', () => {
    const masker = new Masker(['a', 'ab', '']);
    expect(masker.isIdle).toBe(true);
    expect(masker.mask('a ab abc')).toBe('a ab abc');
  });

  it('is quick on a body without secrets', async () => {
    const masker = new Masker(
      Array.from({ length: 20 }, (_, index) => `canary-secret-${index}-xyz`),
    );
    const body = Buffer.from(JSON.stringify(Array(20_000).fill({ id: 1, name: 'canary bird' })));
    expect(await masker.maskBytes(body)).toBe(body);
  });
});
