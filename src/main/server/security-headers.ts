import type { ServerResponse } from 'node:http';

/** On every answer: what we say is ours alone to interpret, and nobody's to keep. There is no CORS header at all. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers without the framework, and closes: used where a request is refused before it is read. */
export function sendAndClose(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
    ...headers,
  });
  response.end(text);
}

/** A whole answer as bytes, for sockets on which no request could be understood. */
export function rawAnswer(status: number, reason: string, body: object): string {
  const text = JSON.stringify(body);
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${text}`;
}
