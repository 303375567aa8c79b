import { describe, expect, it } from 'vitest';
import { freeId, slug } from '../../../../src/main/engine/jobs/slug.ts';
import { idSchema } from '../../../../src/shared/values.ts';

it.each([
  ['Coins every 30 s', 'coins-every-30-s'],
  ['Preços do Dólar (BCB)', 'precos-do-dolar-bcb'],
  ['  --weird__name!!  ', 'weird-name'],
  ['ﬁne ½', 'fine-1-2'],
  ['日本', ''],
  ['x'.repeat(100), 'x'.repeat(63)],
  [`${'x'.repeat(62)} y`, 'x'.repeat(62)],
])('the slug of %j is %j', (name, expected) => {
  expect(slug(name)).toBe(expected);
});

describe('a free id', () => {
  it('is the one that was asked for, taken or not: that is for the caller to refuse', () => {
    expect(freeId('mine', 'Name', 'job', () => true)).toBe('mine');
  });

  it('gets -2, -3 and so on while it is taken', () => {
    const taken = new Set(['coins', 'coins-2']);
    expect(freeId(undefined, 'Coins', 'job', (id) => taken.has(id))).toBe('coins-3');
  });

  it('falls back when the name has no letter', () => {
    expect(freeId(undefined, '日本', 'job', (id) => id === 'job')).toBe('job-2');
  });

  it.each(['y'.repeat(63), 'y'.repeat(62), `${'y'.repeat(60)}-zz`])(
    'stays an id when a long one is taken: %s',
    (name) => {
      let calls = 0;
      const id = freeId(undefined, name, 'job', () => ++calls < 12);
      expect(idSchema.safeParse(id).success).toBe(true);
      expect(id.endsWith('-12')).toBe(true);
    },
  );
});
