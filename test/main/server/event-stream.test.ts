import { describe, expect, it } from 'vitest';
import type { EventHub } from '../../../src/main/engine/observe/events.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { sampleRun } from '../../support/sample-run.ts';
import { startSampleServer } from '../../support/sample-server.ts';

interface Message {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

function tell(hub: EventHub, jobId: string): void {
  hub.emit('job.changed', { jobId, deleted: false });
}

/** Reads events from an open answer, one after the other. */
function reader(response: Response) {
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const block = async (): Promise<string> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await chunks.read();
      if (done) throw new Error('The stream ended.');
      text += value;
    }
    const end = text.indexOf('\n\n');
    const found = text.slice(0, end);
    text = text.slice(end + 2);
    return found;
  };
  const next = async (): Promise<Message> => {
    const found = await block();
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(found)?.[1];
    const data = field('data');
    if (data === undefined) return next();
    return { id: Number(field('id')), event: field('event') ?? '', data: JSON.parse(data) };
  };
  return { next, block };
}

describe('GET /events', () => {
  it('sends events as they happen, with increasing ids', async () => {
    const { call, hub } = await startSampleServer();
    const response = await call('/api/v1/events');
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const { next } = reader(response);
    tell(hub, 'a');
    tell(hub, 'b');
    const [first, second] = [await next(), await next()];
    expect(first).toMatchObject({
      event: 'job.changed',
      data: { name: 'job.changed', data: { jobId: 'a', deleted: false } },
    });
    expect(second.id).toBe(first.id + 1);
  });

  it('replays what a client missed', async () => {
    const { call, hub } = await startSampleServer();
    tell(hub, 'a');
    const lastSeen = hub.lastId;
    tell(hub, 'b');
    tell(hub, 'c');
    const { next } = reader(
      await call('/api/v1/events', { headers: { 'last-event-id': String(lastSeen) } }),
    );
    expect((await next()).data).toMatchObject({ data: { jobId: 'b' } });
    expect((await next()).data).toMatchObject({ data: { jobId: 'c' } });
    tell(hub, 'd');
    expect((await next()).data).toMatchObject({ data: { jobId: 'd' } });
  });

  it.each(['1', 'nonsense', '-5', '99999999999999999999'])(
    'tells a client with the id %s to start anew, and goes on',
    async (lastSeen) => {
      const { call, hub } = await startSampleServer();
      tell(hub, 'a');
      const { next } = reader(
        await call('/api/v1/events', { headers: { 'last-event-id': lastSeen } }),
      );
      expect(await next()).toEqual({ id: hub.lastId, event: 'reset', data: {} });
      tell(hub, 'b');
      expect((await next()).data).toMatchObject({ data: { jobId: 'b' } });
    },
  );

  it('keeps quiet connections open with comments', async () => {
    const clock = new ManualClock();
    const { call, hub } = await startSampleServer({ clock });
    const { block } = reader(await call('/api/v1/events?name=run.finished'));
    await block();
    tell(hub, 'not wanted here');
    clock.advance(15_000);
    // With the number of what it was not sent, so that it comes back with one that is still known.
    expect(await block()).toBe(`: still here\nid: ${hub.lastId}`);
  });

  it('sends only what is asked for, by name and by job', async () => {
    const { call, hub } = await startSampleServer();
    const before = hub.lastId;
    const ofJob = reader(await call('/api/v1/events?jobId=b'));
    const ofNames = reader(await call('/api/v1/events?name=run.finished,run.skipped'));
    tell(hub, 'a');
    hub.emit('run.finished', { run: sampleRun({ jobId: 'a' }) });
    hub.emit('run.started', { run: sampleRun({ jobId: 'b' }) });
    hub.emit('run.skipped', { run: sampleRun({ jobId: 'b' }) });
    expect((await ofJob.next()).event).toBe('run.started');
    expect((await ofJob.next()).event).toBe('run.skipped');
    expect((await ofNames.next()).event).toBe('run.finished');
    expect((await ofNames.next()).event).toBe('run.skipped');
    const both = reader(
      await call('/api/v1/events?name=run.started&name=job.changed&jobId=a', {
        headers: { 'last-event-id': String(before) },
      }),
    );
    expect((await both.next()).event).toBe('job.changed');
  });

  it.each([
    ['name=run.ended', 'name.0'],
    ['jobId=../x', 'jobId'],
    ['kind=run.finished', 'kind'],
  ])('refuses a filter that it does not understand: %s', async (query, path) => {
    const { call } = await startSampleServer();
    const response = await call(`/api/v1/events?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { details: [{ path }] } });
  });

  it('takes a bounded number of clients, and a new one when another leaves', async () => {
    const { call, hub } = await startSampleServer({ limits: { eventClients: 1 } });
    const leave = new AbortController();
    await call('/api/v1/events', { signal: leave.signal });
    expect((await call('/api/v1/events')).status).toBe(429);
    leave.abort();
    // The server learns of it when the socket closes, which comes some turns later.
    let status = 429;
    while (status === 429) ({ status } = await call('/api/v1/events'));
    expect(status).toBe(200);
    tell(hub, 'a');
  });

  it('sends a client away that does not read', async () => {
    const { call, hub } = await startSampleServer({ limits: { eventBacklogBytes: 64 * 1024 } });
    const response = await call('/api/v1/events');
    const many = 'x'.repeat(60);
    for (let i = 0; i < 100_000; i++) tell(hub, many);
    await expect(response.text()).rejects.toThrow();
  });

  it('keeps a client that is told much at once, and sends it away when it stays behind', async () => {
    const clock = new ManualClock();
    const limits = { eventBacklogBytes: 64 * 1024 };
    const { call, hub } = await startSampleServer({ clock, limits });
    const response = await call('/api/v1/events');
    const many = 'x'.repeat(60);
    const told = 1000;
    for (let i = 0; i < told; i++) tell(hub, many);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (text.split(many).length <= told) text += decoder.decode((await reader.read()).value);
    // In one turn, so that nothing can leave meanwhile.
    for (let i = 0; i < told; i++) tell(hub, many);
    clock.advance(2001);
    tell(hub, many);
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    await expect(rest()).rejects.toThrow();
  });

  it('needs the token', async () => {
    const { server } = await startSampleServer();
    expect((await fetch(`${server.url}/api/v1/events`)).status).toBe(401);
  });
});
