import { describe, expect, it } from 'vitest';
import { FieldCensus } from '../../../../src/main/engine/validator/field-census.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';

function fieldsOf(records: readonly JsonValue[]) {
  const census = new FieldCensus();
  for (const record of records) census.add(record);
  return census.fields;
}

describe('the fields of records', () => {
  it('are told apart by whether all of them have one', () => {
    expect(fieldsOf([{ id: 1, a: null }, { id: 2, b: 1 }, 'text', [1], null])).toEqual({
      records: 2,
      inAll: ['id'],
      inAny: ['id', 'a', 'b'],
    });
  });

  it('are those of the first hundred', () => {
    const records = Array.from({ length: 150 }, (_, id) => (id < 100 ? { id } : { other: 1 }));
    expect(fieldsOf(records)).toEqual({ records: 100, inAll: ['id'], inAny: ['id'] });
  });

  it('say nothing where keys are data', () => {
    const records = Array.from({ length: 99 }, (_, n) =>
      Object.fromEntries(Array.from({ length: 20 }, (_value, key) => [`k${n}-${key}`, 1])),
    );
    expect(fieldsOf(records)).toEqual({ records: 0, inAll: [], inAny: [] });
    expect(fieldsOf([])).toEqual({ records: 0, inAll: [], inAny: [] });
  });
});
