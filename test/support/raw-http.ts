import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
  /** Everything that came, of every answer on the connection. */
  readonly text: string;
}

/** Sends bytes as they are and reads until the other side closes. For requests that no HTTP client would make. */
export function rawHttp(port: number, ...parts: readonly (string | Buffer)[]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    // A server that closes while we still write resets the connection; what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [headers = '', body = ''] = text.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), headers, body, text });
    });
    for (const part of parts) socket.write(part);
  });
}
