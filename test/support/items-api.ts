import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A real API on loopback: pages of items, and a note of every request. A test changes `items` between runs, or takes
 * the answer over with `respond`.
 */
export interface ItemsApi {
  readonly url: string;
  items: readonly unknown[];
  readonly requests: { readonly method: string; readonly url: string; readonly body: string }[];
  respond: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /** Resolves when that many requests have come in all. */
  requested(count: number): Promise<void>;
}

export async function startItemsApi(
  items: readonly unknown[] = [],
  pageSize = 100,
): Promise<ItemsApi> {
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      api.requests.push({
        method: request.method ?? '',
        url: request.url ?? '',
        body: Buffer.concat(chunks).toString('utf8'),
      });
      for (const each of waiting.filter(({ count }) => count <= api.requests.length)) {
        waiting.splice(waiting.indexOf(each), 1);
        each.resolve();
      }
      if (api.respond?.(request, response)) return;
      const page = Number(new URL(request.url ?? '/', 'http://x').searchParams.get('page') ?? '1');
      const body = { items: api.items.slice((page - 1) * pageSize, page * pageSize) };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const api: ItemsApi = {
    url: `http://127.0.0.1:${port}`,
    items,
    requests: [],
    respond: null,
    requested: (count) =>
      api.requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
  };
  return api;
}
