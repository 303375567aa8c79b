import { eachRecord } from '../../../../src/main/engine/store/record-batch.ts';

export interface ReadRecord {
  readonly key: string;
  readonly data: string;
  readonly hash: string;
}

/** The records of a batch as the store reads them. */
export function readBatch(batch: Uint8Array | null): readonly ReadRecord[] {
  const records: ReadRecord[] = [];
  if (batch === null) return records;
  eachRecord(batch, (key, data, hash) => {
    records.push({
      key: Buffer.from(key).toString('utf8'),
      data: Buffer.from(data).toString('utf8'),
      hash: Buffer.from(hash).toString('hex'),
    });
  });
  return records;
}
