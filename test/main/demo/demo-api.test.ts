import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock, type Clock } from '../../../src/main/engine/clock.ts';
import { startDemoApi, type DemoApiOptions } from '../../../src/main/demo/demo-api.ts';
import {
  demoIntegration,
  demoJob,
  DEMO_INTEGRATION_ID,
} from '../../../src/main/demo/demo-definitions.ts';
import type { Coin, MarketPage } from '../../../src/main/demo/market.ts';
import { integrationInputSchema } from '../../../src/shared/integration.ts';
import { jobInputSchema } from '../../../src/shared/job.ts';

/** Waits for nothing and remembers what it was asked to wait for. */
function impatientClock() {
  const delays: number[] = [];
  const clock: Clock = {
    ...systemClock,
    setTimer: (delayMs, callback) => {
      delays.push(delayMs);
      queueMicrotask(callback);
      return { cancel: () => undefined };
    },
  };
  return { clock, delays };
}

async function startDemo(options: DemoApiOptions = {}) {
  const { clock, delays } = impatientClock();
  const api = await startDemoApi({ clock, ...options });
  onTestFinished(() => api.close());
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(api.url + path, { headers });
    const text = await response.text();
    return { response, body: (text === '' ? null : JSON.parse(text)) as MarketPage };
  };
  const readAll = async (): Promise<readonly Coin[]> => {
    const coins: Coin[] = [];
    for (let page = 1; ; page++) {
      const { body } = await get(`/coins?page=${page}`);
      coins.push(...body.items);
      if (page >= body.totalPages) return coins;
    }
  };
  return { api, get, readAll, delays };
}

function pricesOf(coins: readonly Coin[]): Map<number, Coin['price']> {
  return new Map(coins.map(({ id, price }) => [id, price]));
}

describe('the demo API', () => {
  it('serves a few hundred records with distinct ids over several pages', async () => {
    const { readAll, get } = await startDemo();
    const coins = await readAll();
    expect(coins).toHaveLength(300);
    expect(new Set(coins.map(({ id }) => id)).size).toBe(300);
    expect(new Set(coins.map(({ name }) => name)).size).toBe(300);
    expect((await get('/coins?page=7')).body.items).toEqual([]);
  });

  it('holds exactly one record that breaks its schema, always the same', async () => {
    const { readAll } = await startDemo();
    for (let read = 0; read < 3; read++) {
      const broken = (await readAll()).filter(({ price }) => typeof price !== 'number');
      expect(broken.map(({ id, price }) => [id, price])).toEqual([[137, 'n/a']]);
    }
  });

  it('changes a little at every read, and dates what it changed', async () => {
    const { readAll } = await startDemo();
    const before = await readAll();
    const after = await readAll();
    const changed = after.filter(({ id, price }) => pricesOf(before).get(id) !== price);
    expect(changed.length).toBeGreaterThan(3);
    expect(changed.length).toBeLessThan(60);
    const dated = after.filter(({ updatedAt }, i) => before[i]?.updatedAt !== updatedAt);
    expect(dated.length).toBeGreaterThanOrEqual(changed.length);
  });

  it('lists a new coin now and then', async () => {
    const { readAll, get } = await startDemo();
    for (let read = 0; read < 4; read++) await get('/coins?page=1');
    expect(await readAll()).toHaveLength(301);
  });

  it('gives the same market to everybody who reads it as often', async () => {
    const [one, two] = [await startDemo({ seed: 7 }), await startDemo({ seed: 7 })];
    await one.readAll();
    await two.readAll();
    expect(await one.readAll()).toEqual(await two.readAll());
    const other = await startDemo({ seed: 8 });
    expect(await other.readAll()).not.toEqual(await one.readAll());
  });

  it('takes its time for one page only', async () => {
    const { readAll, delays } = await startDemo();
    await readAll();
    expect(delays).toEqual([800]);
  });

  it('answers 304 for a page that did not change', async () => {
    const { get } = await startDemo();
    const { response } = await get('/coins?page=2');
    const etag = response.headers.get('etag') ?? '';
    const again = await get('/coins?page=2', { 'if-none-match': etag });
    expect(again.response.status).toBe(304);
    expect(again.body).toBeNull();
  });

  it.each([
    ['/coins?page=0', 400],
    ['/coins?page=x', 400],
    ['/nothing', 404],
  ])('answers %s with %i and a sentence', async (path, status) => {
    const { get } = await startDemo();
    const { response, body } = await get(path);
    expect(response.status).toBe(status);
    expect(body).toHaveProperty('error');
  });

  it('takes another port when the wanted one is in use', async () => {
    const first = await startDemo();
    const second = await startDemo({ port: first.api.port });
    expect(second.api.port).not.toBe(first.api.port);
    expect((await second.get('/coins')).response.status).toBe(200);
  });

  it('stops, and may be stopped twice', async () => {
    const { api, get } = await startDemo();
    await get('/');
    await api.close();
    await api.close();
    await expect(get('/')).rejects.toThrow();
  });
});

describe('the demo definitions', () => {
  it('are what the contract takes', () => {
    const integration = integrationInputSchema.parse(demoIntegration('http://127.0.0.1:1234'));
    expect(integration.request.url).toBe('http://127.0.0.1:1234/coins');
    expect(jobInputSchema.parse(demoJob()).integrationId).toBe(DEMO_INTEGRATION_ID);
  });
});
