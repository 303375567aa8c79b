// A loopback API that notes when each request arrives.
import { createServer } from 'node:http';
import { once } from 'node:events';

/** @param {(url: URL, response: import('node:http').ServerResponse, request: import('node:http').IncomingMessage) => void} answer */
export async function startApi(answer) {
  const arrivals = [];
  const server = createServer((request, response) => {
    arrivals.push({ at: performance.timeOrigin + performance.now(), url: request.url });
    answer(new URL(request.url, 'http://x'), response, request);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    arrivals,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
