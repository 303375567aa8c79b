import { describe, expect, it } from 'vitest';
import { fieldDiffs, valueAt } from '../../../src/renderer/records/field-diff.ts';
import type { RecordVersion } from '../../../src/shared/record.ts';
import type { JsonValue } from '../../../src/shared/values.ts';

const version = (data: JsonValue, changedFields: string[]): RecordVersion => ({
  version: 2,
  data,
  changedFields,
  at: '2026-11-20T12:00:00.000Z',
  runId: 'r',
});

describe('fieldDiffs', () => {
  it('shows each changed field before and after, also nested, added and removed ones', () => {
    const before = version({ price: 1, seller: { city: 'Recife' }, old: true }, []);
    const after = version({ price: 2, seller: { city: 'Olinda' }, fresh: null }, [
      'price',
      'seller.city',
      'old',
      'fresh',
    ]);
    expect(fieldDiffs(after, before)).toEqual([
      { field: 'price', before: 1, after: 2 },
      { field: 'seller.city', before: 'Recife', after: 'Olinda' },
      { field: 'old', before: true, after: undefined },
      { field: 'fresh', before: undefined, after: null },
    ]);
  });

  it('shows nothing for the first version, or where the one before is no longer kept', () => {
    expect(fieldDiffs(version({ a: 1 }, ['a']), undefined)).toEqual([]);
  });
});

describe('valueAt', () => {
  it('finds a field whose own name has dots', () => {
    expect(valueAt({ 'a.b': 1, a: { b: 2 } }, 'a.b')).toBe(1);
  });

  it('finds nothing where there is nothing', () => {
    expect(valueAt({ a: 1 }, 'a.b.c')).toBeUndefined();
    expect(valueAt({ a: 1 }, 'toString')).toBeUndefined();
  });
});
