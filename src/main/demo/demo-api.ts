import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep, systemClock, type Clock } from '../engine/clock.ts';
import { Market } from './market.ts';

/**
 * A small API inside the program, so that it can be tried without any network: paged, a few hundred records that
 * change a little at every read, one slow page, one record that is not what was promised. It listens on loopback
 * only, answers GET only and knows nothing worth protecting.
 */

const DEFAULTS = { port: 0, seed: 20_261_121, slowPage: 3, slowPageMs: 800, clock: systemClock };

export interface DemoApiOptions {
  /** Wanted port; 0 or a port that is taken: any free one. */
  readonly port?: number;
  readonly seed?: number;
  readonly slowPage?: number;
  readonly slowPageMs?: number;
  readonly clock?: Clock;
}

export interface DemoApi {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops it, open connections included. Twice is harmless. */
  close(): Promise<void>;
}

/** Starts the demo API; rejects only when no port at all can be had. */
export async function startDemoApi(options: DemoApiOptions = {}): Promise<DemoApi> {
  const { port: wanted, ...rest } = { ...DEFAULTS, ...options };
  const market = new Market(rest.seed);
  const server = createServer((request, response) => {
    answer(request, response, market, rest).catch(() => response.destroy());
  });
  const port = await listen(server, wanted);
  return { url: `http://127.0.0.1:${port}`, port, close: () => close(server) };
}

type Answering = Omit<Required<DemoApiOptions>, 'port'>;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly etag?: string;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  market: Market,
  options: Answering,
): Promise<void> {
  const { status, body, etag } = await decide(request, market, options);
  const isKnown = etag !== undefined && request.headers['if-none-match'] === etag;
  response.writeHead(isKnown ? 304 : status, {
    'content-type': 'application/json; charset=utf-8',
    ...(etag === undefined ? {} : { etag }),
  });
  response.end(isKnown ? undefined : body);
}

async function decide(
  { url: target = '/', method }: IncomingMessage,
  market: Market,
  { slowPage, slowPageMs, clock }: Answering,
): Promise<Answer> {
  const url = new URL(target, 'http://127.0.0.1');
  if (method !== 'GET') return refusal(405, 'Only GET is known here.');
  if (url.pathname !== '/coins') return refusal(404, 'Try /coins?page=1.');
  const page = Number(url.searchParams.get('page') ?? 1);
  if (!Number.isInteger(page) || page < 1)
    return refusal(400, 'page is a whole number, 1 or more.');
  if (page === 1) market.beginRead();
  const body = JSON.stringify(market.page(page));
  if (page === slowPage) await sleep(clock, slowPageMs);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { status: 200, body, etag };
}

function refusal(status: number, error: string): Answer {
  return { status, body: JSON.stringify({ error }) };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    return await listenOn(server, port);
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return listenOn(server, 0);
  }
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // A TCP server that listens has an address of this shape.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
