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
        writer.begin(records.length, 100);
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
    writer.begin(2, 100);
    const hash = new Uint8Array(16).fill(0xab);
    const records = [
      { key: 'a', data: '{"a":1}', hash },
      { key: 'é', data: '"…"', hash },
    ];
    for (const { key, data } of records) writer.add(key, data, hex(hash));
    expect(Buffer.from(writer.finish()!).equals(packRecords(records))).toBe(true);
  });

  it('leaves no gap where records of the page were not added', () => {
    const writer = new BatchWriter();
    writer.begin(10, 0);
    writer.add('a', '1', '01'.repeat(16));
    writer.add('b', '2', '02'.repeat(16));
    const [a, b] = readBatch(writer.finish());
    expect(a).toEqual({ key: 'a', data: '1', hash: '01'.repeat(16) });
    expect(b).toEqual({ key: 'b', data: '2', hash: '02'.repeat(16) });
  });

  it('owns its buffer, so that it can be transferred, and leaves none behind', () => {
    const writer = new BatchWriter();
    writer.begin(1, 100);
    writer.add('a', 'x'.repeat(1_000_000), '00'.repeat(16));
    const first = writer.finish()!;
    writer.begin(1, 100);
    expect(writer.finish()).toBeNull();
    expect(first.byteOffset).toBe(0);
    expect(first.buffer.byteLength).toBe(first.byteLength);
    expect(readBatch(first)[0]!.data).toHaveLength(1_000_000);
  });
});
