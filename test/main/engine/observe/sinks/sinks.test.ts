import { createServer, type IncomingMessage } from 'node:http';
import { createHmac } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BatchingSink,
  type BatchingSinkOptions,
} from '../../../../../src/main/engine/observe/sinks/batching-sink.ts';
import {
  httpBatchDelivery,
  wantsOnly,
  webhookDelivery,
} from '../../../../../src/main/engine/observe/sinks/http-delivery.ts';
import { jsonLinesDelivery } from '../../../../../src/main/engine/observe/sinks/json-lines.ts';
import { createPost } from '../../../../../src/main/engine/observe/sinks/post.ts';
import {
  runEvent,
  type CanonicalEvent,
} from '../../../../../src/main/engine/observe/telemetry/canonical-event.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { sampleRun } from '../../../../support/sample-run.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const context = { marketplace: 'm', category: 'c', region: 'r', ruleset: null };

function event(
  id: string,
  timestamp = '2026-11-21T12:00:00.000Z',
  name: 'job.started' | 'job.failed' = 'job.started',
): CanonicalEvent {
  return runEvent(name, sampleRun({ id }), context, timestamp);
}

function idsOf(events: readonly CanonicalEvent[]): readonly string[] {
  return events.map(({ run_id }) => run_id);
}

function createSink(options: Partial<BatchingSinkOptions> = {}) {
  const clock = new ManualClock();
  const batches: (readonly string[])[] = [];
  const failing = { with: null as Error | null };
  const sink = new BatchingSink({
    name: 'test',
    clock,
    deliver: async (events) => {
      if (failing.with) throw failing.with;
      batches.push(idsOf(events));
    },
    ...options,
  });
  const accept = (...ids: string[]) => ids.forEach((id) => sink.accept(event(id)));
  return { sink, clock, batches, failing, accept, state: () => sink.states()[0]! };
}

/** A real server that notes what it is sent. */
async function startReceiver(status = () => 200) {
  const received: { headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(status(), { location: '/elsewhere' }).end('ignored');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const agent = new Agent();
  onTestFinished(async () => {
    await agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  return { url, received, post: createPost(() => agent) };
}

describe('BatchingSink', () => {
  it('gathers events and delivers them together, in order', async () => {
    const { clock, batches, accept, state } = createSink();
    accept('1', '2', '3');
    expect(batches).toEqual([]);
    await clock.advanceAsync(1000);
    expect(batches).toEqual([['1', '2', '3']]);
    expect(state()).toEqual({
      name: 'test',
      delivered: 3,
      waiting: 0,
      dropped: 0,
      lastError: null,
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('keeps what was not taken, tries again ever more rarely, and stays in order', async () => {
    const { clock, batches, failing, accept, state } = createSink();
    failing.with = new Error('The destination answered 503.');
    accept('1');
    await clock.advanceAsync(1000);
    accept('2');
    await clock.advanceAsync(1000);
    expect(state()).toMatchObject({
      waiting: 2,
      lastError: { message: 'The destination answered 503.' },
    });
    failing.with = null;
    await clock.advanceAsync(1999);
    expect(batches).toEqual([]);
    await clock.advanceAsync(1);
    expect(batches).toEqual([['1', '2']]);
    expect(state().lastError).toBeNull();
  });

  it('holds so many events and no more, and counts the oldest that it let go', async () => {
    const { clock, batches, accept, state } = createSink({ limits: { most: 10 } });
    accept(...Array.from({ length: 15 }, (_, i) => String(i)));
    expect(state()).toMatchObject({ waiting: 10, dropped: 5 });
    await clock.advanceAsync(1000);
    expect(batches.flat()[0]).toBe('5');
  });

  it('sends batch after batch when many wait', async () => {
    const { clock, batches, accept } = createSink({ limits: { batch: 2 } });
    accept('1', '2', '3', '4', '5');
    await clock.advanceAsync(1000);
    await clock.advanceAsync(1000);
    expect(batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('takes only what it was registered for', async () => {
    const { sink, clock, batches } = createSink({ wants: wantsOnly(['job.failed']) });
    sink.accept(event('started'));
    sink.accept(event('failed', undefined, 'job.failed'));
    await clock.advanceAsync(1000);
    expect(batches).toEqual([['failed']]);
  });

  it('delivers what is left when it stops, once, and takes no more', async () => {
    const { sink, batches, accept, clock } = createSink({ limits: { batch: 2 } });
    accept('1', '2', '3');
    await Promise.all([sink.stop(), sink.stop()]);
    accept('late');
    await sink.stop();
    expect(batches.flat()).toEqual(['1', '2', '3']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops also when nobody takes its events', async () => {
    const { sink, failing, accept, state } = createSink();
    failing.with = new Error('gone');
    accept('1');
    await sink.stop();
    expect(state()).toMatchObject({ waiting: 1, lastError: { message: 'gone' } });
  });
});

describe('jsonLinesDelivery', () => {
  it('appends a line for each event to the file of its day, for its owner alone', async () => {
    const folder = join(await temporaryFolder(), 'telemetry');
    const deliver = jsonLinesDelivery(folder, () => 30);
    await deliver([event('1'), event('2', '2026-11-22T00:00:00.000Z')]);
    await deliver([event('3')]);
    expect((await readdir(folder)).sort()).toEqual(['2026-11-21.jsonl', '2026-11-22.jsonl']);
    const text = await readFile(join(folder, '2026-11-21.jsonl'), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as CanonicalEvent);
    expect(idsOf(lines)).toEqual(['1', '3']);
    expect((await stat(join(folder, '2026-11-21.jsonl'))).mode & 0o777).toBe(0o600);
  });
});

describe('files of JSON lines', () => {
  it('are removed when they are too old, and nothing else in their folder is', async () => {
    const folder = await temporaryFolder();
    const old = ['2026-10-20.jsonl', '2026-10-21.jsonl', '2026-10-22.jsonl', 'mine.jsonl'];
    for (const name of old) await writeFile(join(folder, name), '');
    await jsonLinesDelivery(folder, () => 30)([event('1', '2026-11-21T00:00:00.000Z')]);
    expect((await readdir(folder)).sort()).toEqual([
      '2026-10-22.jsonl',
      '2026-11-21.jsonl',
      'mine.jsonl',
    ]);
  });
});

describe('httpBatchDelivery', () => {
  it('posts a batch as one JSON list', async () => {
    const { url, received, post } = await startReceiver();
    await httpBatchDelivery(post, url, { 'x-team': 'data' })([event('1'), event('2')]);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'x-team': 'data',
    });
    expect(idsOf(JSON.parse(received[0]!.body) as CanonicalEvent[])).toEqual(['1', '2']);
  });

  it.each([301, 400, 500])(
    'fails when the destination answers %i, and follows nowhere',
    async (status) => {
      const { url, received, post } = await startReceiver(() => status);
      await expect(httpBatchDelivery(post, url)([event('1')])).rejects.toThrow(
        `The destination answered ${status}.`,
      );
      expect(received).toHaveLength(1);
    },
  );
});

describe('webhookDelivery', () => {
  it('signs each event so that its receiver can tell who sent it, and when', async () => {
    const { url, received, post } = await startReceiver();
    const now = Date.parse('2026-11-21T12:00:00.500Z');
    await webhookDelivery(post, url, 'shared-secret', () => now)([event('1'), event('2')]);
    expect(received).toHaveLength(2);
    for (const { headers, body } of received) {
      const seconds = Math.trunc(now / 1000);
      const expected = createHmac('sha256', 'shared-secret')
        .update(`${seconds}.${body}`)
        .digest('hex');
      expect(headers['x-pontual-signature']).toBe(`t=${seconds},v1=${expected}`);
      expect(headers['x-pontual-event']).toBe('job.started');
      expect(body).not.toContain('shared-secret');
    }
  });
});
