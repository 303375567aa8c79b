// Operations of the store as a benchmark gives them.
import { createHash } from 'node:crypto';

const PAGE_RECORDS = 500;

export function setting(number, value) {
  return { kind: 'setting.put', name: `s${number}`, value };
}

export function recordsOf(from, count) {
  return Array.from({ length: count }, (_, at) => {
    const id = from + at;
    const data = JSON.stringify({
      id,
      sku: `SKU-${String(id).padStart(8, '0')}`,
      name: `Item number ${id} of the catalogue`,
      price: (id % 1000) + 0.99,
      stock: id % 77,
      tags: ['alpha', 'beta', 'gamma'],
      description: 'A line of text that makes the record as long as records usually are.',
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    const hash = createHash('sha256').update(data).digest().subarray(0, 16);
    return { key: String(id), data, hash };
  });
}

export function endOps(runId) {
  return [
    {
      kind: 'read.complete',
      runIds: [runId],
      jobId: 'job',
      integrationId: 'api',
      at: Date.now(),
      markVanished: false,
      keepValidators: true,
      watermark: null,
    },
    { kind: 'run.patch', id: runId, patch: { state: 'finished', outcome: 'succeeded' } },
  ];
}

export function pageOp(runId, page, batch, position) {
  const url = `http://127.0.0.1:8080/items?page=${page}`;
  return {
    kind: 'page.put',
    runId,
    integrationId: 'api',
    attempt: 1,
    at: Date.now(),
    page,
    url,
    status: 200,
    startMs: 1,
    stepMs: { request: 1, download: 0.3, parse: 0.4, validate: 0.5 },
    notModified: false,
    counts: {
      requests: 1,
      notModified: 0,
      bytes: batch.length,
      received: PAGE_RECORDS,
      valid: PAGE_RECORDS,
      invalid: 0,
      warnings: 0,
      duplicates: 0,
    },
    errorsByField: {},
    batch,
    quarantine: [],
    position,
    validator: {
      page,
      url,
      etag: null,
      lastModified: null,
      bodyHash: '',
      next: null,
      records: PAGE_RECORDS,
      invalid: 0,
    },
  };
}

export function runRow(fields) {
  return {
    jobId: 'job',
    integrationId: 'api',
    trigger: 'schedule',
    triggeredBy: null,
    retryOf: null,
    scheduledFor: null,
    scheduledUntil: null,
    occurrences: 1,
    startedAt: null,
    finishedAt: null,
    durationMs: null,
    state: 'running',
    outcome: null,
    reason: null,
    instance: 1,
    instances: 1,
    attempt: 1,
    nextRetryAt: null,
    worker: 'bench',
    priority: 'normal',
    input: {},
    result: null,
    error: null,
    cpuMs: 0,
    peakBytes: 0,
    notBefore: null,
    full: false,
    crashes: 0,
    uncounted: 0,
    ...fields,
  };
}
