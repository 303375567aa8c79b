import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { startTestEngine } from '../support/test-engine.ts';

interface Received {
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function startReceiver(status: number) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ body, headers: request.headers });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { received, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('telemetry', () => {
  it('tells a run to a file and to a signed webhook, and shows which destination refuses', async () => {
    const api = await startItemsApi([{ id: 1 }]);
    const [hook, refusing] = [await startReceiver(204), await startReceiver(500)];
    const { call, next, home } = await startTestEngine();
    await call('secrets.put', { name: 'hook', value: 'shared-secret', origin: hook.origin });
    await call('settings.patch', {
      telemetry: {
        sinks: [
          { kind: 'json-lines', name: 'file' },
          {
            kind: 'webhook',
            name: 'hook',
            url: hook.origin,
            secret: 'hook',
            events: ['job.completed'],
          },
          { kind: 'http', name: 'lake', url: refusing.origin },
        ],
      },
    });
    await call('integrations.create', {
      name: 'Items',
      request: { url: api.url },
      records: { path: '$.items[*]' },
      key: ['id'],
    });
    await call('jobs.create', {
      name: 'Items',
      integrationId: 'items',
      context: { marketplace: 'acme', region: 'br' },
    });
    const finished = next('run.finished');
    await call('jobs.run', { id: 'items' });
    const { run } = await finished;

    const expected = {
      event: 'job.completed',
      job_id: 'items',
      task: 'items',
      run_id: run.id,
      partition_key: 'acme::br',
      metrics: { outcome: 'succeeded' },
    };
    await vi.waitFor(() => expect(hook.received).toHaveLength(1), 5000);
    const { body, headers } = hook.received[0]!;
    expect(JSON.parse(body)).toMatchObject(expected);
    const [, at, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-pontual-signature']))!;
    expect(createHmac('sha256', 'shared-secret').update(`${at}.${body}`).digest('hex')).toBe(hex);

    await vi.waitFor(async () => {
      const folder = join(home, 'telemetry', 'file');
      const [name = ''] = await readdir(folder);
      const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
        expect.objectContaining({ event: 'job.completed', run_id: run.id }),
      );
    }, 5000);
    await vi.waitFor(async () => {
      const { sinks } = await call('telemetry.state', {});
      expect(sinks).toMatchObject([
        { name: 'file', lastError: null },
        { name: 'hook', delivered: 1, lastError: null },
        { name: 'lake', delivered: 0, lastError: 'The destination answered 500.' },
      ]);
    }, 5000);
  });
});
