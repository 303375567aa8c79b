import type { IntegrationDraft } from '../../../src/shared/integration.ts';
import { NO_COUNTS } from '../../../src/shared/run.ts';
import type { TestResult } from '../../../src/shared/test-result.ts';

const ITEMS = Array.from({ length: 12 }, (_, index) => ({
  id: index + 1,
  name: `Coin ${index + 1}`,
  price: Math.round((index + 1) * 1234.5) / 100,
  active: index % 4 !== 0,
}));

/** What a test of a typical API finds out; a host called `down` does not answer. */
export function fakeTestResult(integration: IntegrationDraft): TestResult {
  const request = {
    method: integration.request.method,
    url: integration.request.url,
    headers: { accept: 'application/json', authorization: '••••••' },
    body: null,
    truncated: false,
  };
  if (integration.request.url.includes('down')) {
    return {
      ...nothing(),
      pages: [{ request, response: null, stepMs: { wait: 0.2, connect: 30 }, records: 0 }],
      error: {
        code: 'connect-refused',
        kind: 'transient',
        message: 'Nothing answers at this address: the connection was refused.',
      },
    };
  }
  const body = JSON.stringify({ items: ITEMS, total: 240 }, null, 2);
  const stepMs = {
    wait: 0.1,
    connect: 12.4,
    request: 88.2,
    download: 4.1,
    parse: 0.6,
    validate: 0.9,
  };
  return {
    ...nothing(),
    pages: [1, 2].map((page) => ({
      request: { ...request, url: `${request.url}?page=${page}` },
      response: {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', etag: 'W/"1f-8c"' },
        body,
        truncated: false,
      },
      stepMs,
      records: ITEMS.length,
    })),
    records: ITEMS.map((data) => ({ key: String(data.id), data })),
    invalid: [
      {
        page: 1,
        reason: 'schema',
        rule: 'type',
        field: 'price',
        message: 'must be number',
        value: 'n/a',
        raw: { id: 13, name: 'Coin 13', price: 'n/a' },
      },
    ],
    counts: {
      ...NO_COUNTS,
      requests: 2,
      bytes: 4096,
      received: 25,
      valid: 24,
      invalid: 1,
      new: 24,
    },
    nextPage: `${request.url}?page=3`,
    hints: ['The answer says total = 240: a page-number pagination would read all of it.'],
    suggestions: {
      path: '$.items[*]',
      pagination: {
        kind: 'page-number',
        parameter: 'page',
        startAt: 1,
        sizeParameter: 'per_page',
        size: 100,
        totalPagesPath: null,
      },
      key: ['id'],
      schema: {
        type: 'object',
        required: ['id', 'name', 'price'],
        properties: {
          id: { type: 'integer' },
          name: { type: 'string' },
          price: { type: 'number' },
          active: { type: 'boolean' },
        },
      },
    },
  };
}

function nothing(): TestResult {
  return {
    pages: [],
    records: [],
    invalid: [],
    counts: NO_COUNTS,
    nextPage: null,
    hints: [],
    suggestions: { path: null, pagination: null, key: [], schema: null },
    error: null,
  };
}
