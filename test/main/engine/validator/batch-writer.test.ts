import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packRecords } from '../../../../src/main/engine/store/record-batch.ts';
import { BatchWriter } from '../../../../src/main/engine/validator/batch-writer.ts';
import { readBatch } from './read-batch.ts';

const record = fc.record({
  key: fc.string({ maxLength: 6 }),
  data: fc.string({ unit: 'grapheme', maxLength: 40 }),
  hash: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('the batch writer', () => {
  it('writes what the store reads, the last record of each key', () => {
    const writer = new BatchWriter();
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        writer.begin();
        for (const { key, data, hash } of records) writer.add(key, data, hex(hash));
        const last = new Map(records.map((one, index) => [one.key, index]));
        const kept = records.filter((one, index) => last.get(one.key) === index);
        expect(readBatch(writer.finish())).toEqual(
          kept.map(({ key, data, hash }) => ({ key, data, hash: hex(hash) })),
        );
        expect(writer.replaced).toBe(records.length - kept.length);
      }),
    );
  });

  it('writes byte for byte what the store itself would pack', () => {
    const writer = new BatchWriter();
    writer.begin();
    const hash = new Uint8Array(16).fill(0xab);
    const records = [
      { key: 'a', data: '{"a":1}', hash },
      { key: 'é', data: '"…"', hash },
    ];
    for (const { key, data } of records) writer.add(key, data, hex(hash));
    expect(Buffer.from(writer.finish()!).equals(packRecords(records))).toBe(true);
  });

  it('owns its buffer, so that it can be transferred, and leaves none behind', () => {
    const writer = new BatchWriter();
    writer.begin();
    writer.add('a', 'x'.repeat(1_000_000), '00'.repeat(16));
    const first = writer.finish()!;
    writer.begin();
    expect(writer.finish()).toBeNull();
    expect(first.byteOffset).toBe(0);
    expect(first.buffer.byteLength).toBe(first.byteLength);
    expect(readBatch(first)[0]!.data).toHaveLength(1_000_000);
  });
});
