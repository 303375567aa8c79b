import { createServer as createPlainServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** One request as it came over a raw socket. */
export interface RawRequest {
  readonly socket: Socket;
  readonly path: string;
  /** Request line, headers and body as they were sent. */
  readonly text: string;
  /** 1 for the first connection that was accepted. */
  readonly connection: number;
  /** 1 for the first request on this connection. */
  readonly onConnection: number;
}

export interface FaultServer {
  readonly origin: string;
  readonly url: string;
  readonly port: number;
  readonly requests: readonly RawRequest[];
  /** Every byte that arrived, also such that were no request. */
  readonly bytes: () => string;
  readonly connections: () => number;
}

/**
 * A server that does with its sockets whatever a test says, to send answers that no HTTP library would. Closed when the
 * test is finished.
 */
export async function startFaultServer(
  onRequest: (request: RawRequest) => void,
  tls: TlsOptions | null = null,
): Promise<FaultServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let bytes = '';
  let connections = 0;
  const onSocket = (socket: Socket): void => {
    const connection = ++connections;
    let onConnection = 0;
    let pending = '';
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      bytes += chunk;
      pending += chunk;
      for (let length = lengthOf(pending); length > 0; length = lengthOf(pending)) {
        const text = pending.slice(0, length);
        pending = pending.slice(length);
        const path = text.split(' ', 2)[1] ?? '';
        const request = { socket, path, text, connection, onConnection: ++onConnection };
        requests.push(request);
        onRequest(request);
      }
    });
  };
  const server = tls === null ? createPlainServer(onSocket) : createTlsServer(tls, onSocket);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    origin,
    url: `${origin}/items`,
    port,
    requests,
    bytes: () => bytes,
    connections: () => connections,
  };
}

/** How long the first whole request is; 0 = it is not complete yet. */
function lengthOf(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return 0;
  const body = Number(/^content-length:\s*(\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const length = head + 4 + body;
  return text.length >= length ? length : 0;
}

/** An answer as it goes over the wire, correct unless the headers say otherwise. */
export function rawAnswer(
  body: string,
  { status = '200 OK', headers = [] as readonly string[] } = {},
): string {
  const own = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header))
    ? []
    : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [`HTTP/1.1 ${status}`, ...headers, ...own, '', body].join('\r\n');
}
