import { createHash } from 'node:crypto';
import type { PageOp } from '../../src/main/engine/store/ops.ts';
import { packRecords } from '../../src/main/engine/store/record-batch.ts';

const AT = Date.parse('2026-01-01T00:00:00.000Z');

/** Records by key, as the validator packs them. */
export function batchOf(records: Readonly<Record<string, unknown>>): Uint8Array {
  return packRecords(
    Object.entries(records).map(([key, value]) => {
      const data = JSON.stringify(value);
      return { key, data, hash: createHash('sha256').update(data).digest().subarray(0, 16) };
    }),
  );
}

/** A stored page of a run with these records; give the fields that matter. */
export function pageOp(
  runId: string,
  records: Readonly<Record<string, unknown>> | null,
  fields: Partial<PageOp> = {},
): PageOp {
  const count = records ? Object.keys(records).length : 0;
  return {
    kind: 'page.put',
    runId,
    integrationId: 'api',
    attempt: 1,
    at: AT,
    page: 1,
    url: 'http://127.0.0.1/items',
    status: 200,
    startMs: 0,
    stepMs: {},
    notModified: false,
    counts: {
      requests: 1,
      notModified: 0,
      bytes: 100,
      received: count,
      valid: count,
      invalid: 0,
      warnings: 0,
      duplicates: 0,
    },
    errorsByField: {},
    batch: records ? batchOf(records) : null,
    quarantine: [],
    position: null,
    validator: null,
    ...fields,
  };
}
