import { describe, expect, it } from 'vitest';
import type { DataRecord } from '../../src/shared/record.ts';
import type { Run, RunDetail } from '../../src/shared/run.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface List<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, price: index }));

async function register(headless: Headless, api: ItemsApi, method: 'GET' | 'POST'): Promise<void> {
  await headless.request('POST', '/integrations', {
    id: 'items',
    name: 'Items',
    request: { url: `${api.url}/items`, method },
    pagination: { kind: 'page-number' },
    records: { path: '$.items[*]' },
    key: ['id'],
    conditional: false,
  });
  await headless.request('POST', '/jobs', {
    id: 'collect',
    name: 'Collect',
    integrationId: 'items',
  });
}

/** Lets the API answer `pages` pages, then keeps it silent. */
function fallSilentAfter(api: ItemsApi, pages: number): void {
  let answered = 0;
  api.respond = () => answered++ >= pages;
}

async function finished(headless: Headless, runId: string): Promise<RunDetail> {
  for (let tries = 0; tries < 200; tries++) {
    const run = await headless.request<RunDetail>('GET', `/runs/${runId}`);
    if (run.state === 'finished') return run;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const events = await fetch(`${headless.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${headless.token}` },
  });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const run = await headless.request<RunDetail>('GET', `/runs/${runId}`);
    if (run.state === 'finished') {
      await reader?.cancel();
      return run;
    }
    await reader?.read();
  }
}

async function allRecords(headless: Headless): Promise<DataRecord[]> {
  const all: DataRecord[] = [];
  let cursor = '';
  do {
    const page = await headless.request<List<DataRecord>>(
      'GET',
      `/records?integrationId=items&limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    all.push(...page.items);
    cursor = page.nextCursor ?? '';
  } while (cursor);
  return all;
}

describe('A program that was killed in the middle of a run', () => {
  it('goes on from the page it had stored: nothing acknowledged is missing, nothing is doubled', async () => {
    const home = await temporaryFolder();
    const api = await startItemsApi(items(1000));
    fallSilentAfter(api, 4);
    const first = await startHeadless({ home });
    await register(first, api, 'GET');
    const { runIds } = await first.request<{ runIds: string[] }>('POST', '/jobs/collect/run', {});
    await api.requested(5);
    await pagesStored(first, runIds[0] ?? '', 4);
    await first.end('SIGKILL');

    api.respond = null;
    const asked = api.requests.length;
    const second = await startHeadless({ home });
    const run = await finished(second, runIds[0] ?? '');
    expect(run).toMatchObject({ outcome: 'succeeded', attempt: 2 });
    expect(run.attempts[0]).toMatchObject({ outcome: 'interrupted' });
    expect(api.requests[asked]?.url).toBe('/items?page=5');
    expect(run.counts).toMatchObject({ received: 1000, new: 1000, duplicates: 0 });

    const records = await allRecords(second);
    expect(records).toHaveLength(1000);
    expect(new Set(records.map((record) => record.key)).size).toBe(1000);
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('never sends a request twice that may not be: a person decides', async () => {
    const home = await temporaryFolder();
    const api = await startItemsApi(items(10));
    fallSilentAfter(api, 0);
    const first = await startHeadless({ home });
    await register(first, api, 'POST');
    const { runIds } = await first.request<{ runIds: string[] }>('POST', '/jobs/collect/run', {});
    await api.requested(1);
    await first.end('SIGKILL');

    api.respond = null;
    const second = await startHeadless({ home });
    const run = await second.request<Run>('GET', `/runs/${runIds[0] ?? ''}`);
    expect(run).toMatchObject({ state: 'finished', outcome: 'interrupted' });
    expect(api.requests).toHaveLength(1);

    const again = await second.request<Run>('POST', `/runs/${run.id}/decide`, {
      decision: 'rerun',
    });
    expect(again.retryOf).toBe(run.id);
    expect(await finished(second, again.id)).toMatchObject({ outcome: 'succeeded' });
  });

  it('keeps the pause of everything', async () => {
    const home = await temporaryFolder();
    const first = await startHeadless({ home });
    await first.request('POST', '/pause', { until: null, reason: 'holiday' });
    await first.end('SIGKILL');
    const second = await startHeadless({ home });
    const status = await second.request('GET', '/status');
    expect(status).toMatchObject({ state: 'paused', pauseReason: 'holiday', pausedUntil: null });
  });

  it('refuses a second program in the same home, and says who holds it', async () => {
    const home = await temporaryFolder();
    const first = await startHeadless({ home });
    await expect(startHeadless({ home })).rejects.toThrow(
      new RegExp(`ended with 3 .*${first.process.pid ?? ''}`, 's'),
    );
  });
});

/** Resolves when so many pages of the run are on disk. */
async function pagesStored(headless: Headless, runId: string, pages: number): Promise<void> {
  for (;;) {
    const run = await headless.request<RunDetail>('GET', `/runs/${runId}`);
    if ((run.attempts[0]?.pages.length ?? run.progress.done) >= pages) return;
    if (run.progress.done >= pages) return;
  }
}
