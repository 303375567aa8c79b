import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntegrationInput } from '../../../src/shared/integration.ts';
import { startApiServer } from '../../support/api-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

let network: NetworkDriver;
beforeAll(() => {
  network = new NetworkDriver();
});
afterAll(() => network.stop());

const ONCE = { maxAttempts: 1 };

function declared(url: string, more: Partial<IntegrationInput> = {}) {
  return sampleIntegration({ request: { url }, retry: ONCE, ...more });
}

describe('one origin, many jobs', () => {
  it('never sees more requests at once than the strictest integration allows', async () => {
    let now = 0;
    let most = 0;
    const api = await startApiServer(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return { body: [] };
    });
    const loose = declared(api.url, { concurrency: 10 });
    const strict = declared(api.url, { concurrency: 2 });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => network.read(index % 2 ? loose : strict)),
    );
    expect(api.requests).toHaveLength(20);
    expect(most).toBe(2);
  });

  it('never sees more requests in any stretch of time than the strictest integration allows', async () => {
    const times: number[] = [];
    const api = await startApiServer(() => {
      times.push(performance.now());
      return { body: [] };
    });
    const loose = declared(api.url, { rateLimit: { requests: 100, perMs: 200 } });
    const strict = declared(api.url, { rateLimit: { requests: 4, perMs: 200 } });
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => network.read(index % 2 ? loose : strict)),
    );
    expect(times).toHaveLength(12);
    for (let index = 4; index < times.length; index++)
      expect(times[index]! - times[index - 4]!).toBeGreaterThan(150);
  });

  it('is left alone by every job after it asked one to come back later', async () => {
    const times: number[] = [];
    const api = await startApiServer((_request, number) => {
      times.push(performance.now());
      return number === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { body: [] };
    });
    const retry = { maxAttempts: 2, baseDelayMs: 1 };
    const first = network.read(declared(api.url, { retry }));
    await expect.poll(() => api.requests.length).toBe(1);
    await expect
      .poll(() => network.notices.some(({ message }) => message.includes(api.origin)))
      .toBe(true);
    const others = [1, 2, 3].map(() => network.read(declared(api.url)));
    const reads = await Promise.all([first, ...others]);
    expect(reads.map(({ end }) => end.kind)).toEqual(Array(4).fill('complete'));
    for (const time of times.slice(1)) expect(time - times[0]!).toBeGreaterThan(990);
  });

  it('tells a wait of more than a second, and that it is over', async () => {
    const api = await startApiServer((_request, number) =>
      number === 1 ? { status: 503, headers: { 'retry-after': '2' } } : { body: [] },
    );
    const read = await network.read(declared(api.url, { retry: { maxAttempts: 2 } }), {
      // The wait does not count.
      timeoutMs: 1500,
    });
    expect(read.end.kind).toBe('complete');
    expect(read.waits).toMatchObject([{ reason: 'origin', until: expect.any(Number) }]);
    expect(read.pages[0]!.stepMs.wait).toBeGreaterThan(1900);
  });

  it('is asked for a while no more after five failures in a row', async () => {
    const api = await startApiServer(() => ({ status: 500 }));
    for (let run = 0; run < 5; run++) await network.read(declared(api.url));
    expect(api.requests).toHaveLength(5);
    const { attemptId, read } = network.start(declared(api.url));
    await expect
      .poll(() => network.notices.find(({ fields }) => fields['origin'] === api.origin))
      .toMatchObject({ level: 'warn', fields: { circuit: 'open' } });
    network.client.post({ type: 'cancel', attemptId, why: 'cancelled' });
    expect((await read).end.kind).toBe('cancelled');
    expect(api.requests).toHaveLength(5);
  });
});
