import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock, type Clock } from '../../src/main/engine/clock.ts';
import { parseExactData } from '../../src/main/engine/exact-data.ts';
import { EventHub } from '../../src/main/engine/observe/events.ts';
import { startLocalServer } from '../../src/main/server/local-server.ts';
import type { LocalServerOptions } from '../../src/main/server/server-options.ts';
import type { Health } from '../../src/main/server/health.ts';
import { command, type Caller, type Handlers } from '../../src/shared/command.ts';
import { notFound } from '../../src/shared/errors.ts';

/** A small table with every kind of command: path, query, body, header, text, no content, failing. */
export const sampleTable = {
  'things.list': command({
    doc: 'Lists <things> & more.',
    method: 'GET',
    path: '/things',
    input: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    output: z.strictObject({ items: z.array(z.string()), limit: z.number() }),
  }),
  'things.create': command({
    doc: 'Makes a thing.',
    method: 'POST',
    path: '/things',
    input: z.strictObject({
      name: z.string().min(1, 'A name is needed.'),
      size: z.strictObject({ width: z.number() }).optional(),
      key: z.string().optional(),
    }),
    output: z.unknown(),
    status: 201,
    headers: { 'idempotency-key': 'key' },
  }),
  'things.get': command({
    doc: 'One thing.',
    method: 'GET',
    path: '/things/{group}/{id}',
    input: z.strictObject({ group: z.string(), id: z.string() }),
    output: z.unknown(),
  }),
  'things.replace': command({
    doc: 'Replaces a thing.',
    method: 'PUT',
    path: '/things/{group}/{id}',
    input: z.strictObject({ group: z.string(), id: z.string(), name: z.string().optional() }),
    output: z.unknown(),
  }),
  'things.delete': command({
    doc: 'Deletes a thing.',
    method: 'DELETE',
    path: '/things/{group}/{id}',
    input: z.strictObject({ group: z.string(), id: z.string(), force: z.string().optional() }),
    output: z.null(),
    status: 204,
  }),
  'things.text': command({
    doc: 'A text.',
    method: 'GET',
    path: '/text',
    input: z.strictObject({}),
    output: z.string(),
    produces: 'text/plain',
  }),
  'things.check': command({
    doc: 'Looks without changing.',
    method: 'POST',
    path: '/check',
    input: z.strictObject({}),
    output: z.unknown(),
    allowedReadOnly: true,
  }),
};

export interface SampleCall {
  readonly name: string;
  readonly input: unknown;
  readonly caller: Caller;
}

export const TOKEN = 'test-token-0123456789-abcdefghij';

interface SampleOptions extends Partial<
  Pick<LocalServerOptions<typeof sampleTable>, 'limits' | 'port'>
> {
  readonly clock?: Clock;
  readonly health?: Health;
  /** Thrown by `things.text`. */
  readonly failure?: Error;
}

/** A real server on a free port with handlers that note their calls. */
export async function startSampleServer(options: SampleOptions = {}) {
  const { clock = systemClock, failure } = options;
  const calls: SampleCall[] = [];
  const logged: string[] = [];
  const note = (name: string) => async (input: unknown, caller: Caller) => {
    calls.push({ name, input, caller });
    return input;
  };
  const handlers: Handlers<typeof sampleTable> = {
    'things.list': async ({ limit }, caller) => {
      calls.push({ name: 'things.list', input: { limit }, caller });
      return { items: [], limit };
    },
    'things.create': note('things.create'),
    'things.get': async (input, caller) => {
      if (input.id === 'missing') throw notFound('thing', input.id);
      if (input.id === 'big') return { data: parseExactData('{"id":9007199254740993,"p":1.50}') };
      return note('things.get')(input, caller);
    },
    'things.replace': note('things.replace'),
    'things.delete': async (input, caller) => {
      calls.push({ name: 'things.delete', input, caller });
      return null;
    },
    'things.text': async () => {
      if (failure !== undefined) throw failure;
      return 'line one\nline two\n';
    },
    'things.check': note('things.check'),
  };
  const hub = new EventHub({
    clock: systemClock,
    onListenerError: (error) => logged.push(String(error)),
  });
  const server = await startLocalServer({
    table: sampleTable,
    handlers,
    hub,
    token: TOKEN,
    port: options.port ?? 0,
    clock,
    version: '0.1.0',
    health: () => options.health ?? { state: 'running', reason: null },
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    limits: { stopMs: 100, ...options.limits },
  });
  onTestFinished(() => server.stop());
  const call = (path: string, init: RequestInit = {}) =>
    fetch(server.url + path, {
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) },
    });
  const send = (method: string, path: string, body: unknown, headers = {}) =>
    call(path, {
      method,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { server, hub, calls, logged, call, send };
}
