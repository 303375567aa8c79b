import { describe, expect, it, onTestFinished } from 'vitest';
import { createRestClient } from '../../src/main/cli/rest-client.ts';
import { createCallAnswerer } from '../../src/main/desktop/answer-call.ts';
import { systemClock } from '../../src/main/engine/clock.ts';
import { serve } from '../../src/main/serve.ts';
import { loadToken } from '../../src/main/server/token-file.ts';
import { contract, type CommandName } from '../../src/shared/contract.ts';
import { PontualError } from '../../src/shared/errors.ts';
import { createDocumentClient } from '../support/document-client.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

/** The same tour through every command, once through each door; what each answered must be the same. */

type Face = (name: CommandName, input: object) => Promise<Answer>;
type Answer = { readonly value: unknown } | { readonly refused: unknown };

interface Server {
  readonly url: string;
  readonly token: string;
}

const faces: Readonly<Record<'ipc' | 'rest' | 'cli', (t: TestEngine) => Promise<Face>>> = {
  ipc: async ({ engine }) => {
    const answer = createCallAnswerer({
      table: contract,
      handlers: engine.handlers,
      clock: systemClock,
      locale: () => 'en',
      report: () => undefined,
    });
    return async (name, input) => {
      const given = await answer(name, input);
      // Electron clones what it carries.
      return given.ok ? { value: structuredClone(given.value) } : { refused: given.error };
    };
  },
  rest: async (test) => {
    const { url, token } = await open(test);
    const client = await createDocumentClient(url, token);
    return async (name, input) => {
      const { status, body } = await client(name, input);
      return status < 400 ? { value: body } : { refused: (body as { error: unknown }).error };
    };
  },
  cli: async (test) => {
    const api = createRestClient(contract, await open(test));
    return async (name, input) => {
      try {
        // The client has one function a command, each typed by its own name.
        return { value: await (api[name] as (input: object) => Promise<unknown>)(input) };
      } catch (error) {
        if (error instanceof PontualError) return { refused: error.body };
        throw error;
      }
    };
  },
};

async function open({ engine, home }: TestEngine): Promise<Server> {
  const server = await serve(engine, 0);
  onTestFinished(() => server.stop());
  return { url: server.url, token: await loadToken(home) };
}

/** Everything that the contract has, in an order in which each has something to answer. */
async function tour(face: Face, test: TestEngine, api: ItemsApi): Promise<readonly string[][]> {
  const transcript: string[][] = [];
  const ask = async (name: CommandName, input: object = {}): Promise<unknown> => {
    const answer = await face(name, input);
    if ('value' in answer) {
      const read = contract[name].output.safeParse(answer.value);
      expect(read.error?.issues, `${name} answers what the contract says`).toBeUndefined();
    }
    transcript.push([name, JSON.stringify(withoutChance(answer), null, 1)]);
    return 'value' in answer ? answer.value : answer.refused;
  };
  const ended = (jobId: string) => test.next('run.finished', ({ run }) => run.jobId === jobId);
  const runOf = async (jobId: string, input: object = {}): Promise<string> => {
    const end = ended(jobId);
    await ask('jobs.run', { id: jobId, ...input });
    return (await end).run.id;
  };

  for (const name of ['status', 'settings.get', 'workers', 'telemetry.state'] as const)
    await ask(name);
  await ask('settings.patch', { concurrency: { runs: 8 }, groups: { g: { maxRunning: 1 } } });
  await ask('settings.patch', { concurrency: { runs: 0 } });
  await ask('secrets.put', { name: 'token', value: 'canary-value', origin: api.url });
  await ask('secrets.list');
  await ask('integrations.import', { from: 'curl', text: `curl '${api.url}/things?page=1'` });
  const things = {
    id: 'things',
    name: 'Things',
    request: { url: `${api.url}/things` },
    records: { path: '$.items[*]' },
    pagination: { kind: 'page-number' },
    schema: { type: 'object', properties: { n: { type: 'integer' } } },
    key: ['id'],
  };
  await ask('integrations.test', { integration: things, maxPages: 1 });
  await ask('integrations.create', things);
  await ask('integrations.create', { ...things, colour: 'blue' });
  await ask('integrations.update', { ...things, name: 'Things of ours' });
  await ask('integrations.get', { id: 'things' });
  await ask('integrations.get', { id: 'nothing' });
  await ask('integrations.list', { limit: 10, q: 'ours' });
  await ask('schedules.preview', {
    schedule: { kind: 'cron', expression: '0 0 8 * * MON', timeZone: 'America/Sao_Paulo' },
    from: '2026-01-01T00:00:00Z',
    count: 3,
  });
  const job = {
    id: 'collect',
    name: 'Collect',
    integrationId: 'things',
    retry: { maxAttempts: 1 },
  };
  await ask('jobs.create', job);
  await ask('jobs.create', { ...job, id: 'lost', integrationId: 'nothing' });
  await ask('jobs.update', { ...job, description: 'Now and then.' });
  await ask('jobs.get', { id: 'collect' });
  await ask('jobs.list', {});
  await ask('jobs.next', { id: 'collect', count: 2 });
  await ask('jobs.pause', { id: 'collect', reason: 'holiday' });
  await ask('jobs.resume', { id: 'collect' });
  await ask('jobs.bulk', { ids: ['collect', 'nothing'], action: 'pause' });
  await ask('jobs.bulk', { ids: ['collect'], action: 'resume' });

  const runId = await runOf('collect', { idempotencyKey: 'once' });
  await ask('jobs.run', { id: 'collect', idempotencyKey: 'once' });
  await ask('runs.get', { id: runId });
  await ask('runs.log', { id: runId, format: 'jsonl', level: 'warn' });
  await ask('runs.list', { jobId: 'collect', limit: 5 });
  await ask('runs.list', { limit: 501 });
  await ask('runs.cancel', { id: runId });
  await ask('runs.decide', { id: runId, decision: 'rerun' });
  await ask('records.list', { integrationId: 'things' });
  await ask('records.get', { integrationId: 'things', key: 'a/b' });
  await ask('records.versions', { integrationId: 'things', key: 'a/b' });
  await ask('quarantine.fields', {});
  await ask('quarantine.replay', { integrationId: 'things' });
  const refused = (await ask('quarantine.list', { field: 'n' })) as { items: { id: string }[] };
  await ask('quarantine.delete', { id: refused.items[0]?.id ?? '' });
  await ask('jobs.cursor.put', { id: 'collect', watermark: '2026-01-01' });
  await ask('jobs.cursor.get', { id: 'collect' });
  await ask('jobs.cursor.delete', { id: 'collect' });

  api.respond = (_request, response) => {
    response.statusCode = 418;
    response.end();
    return true;
  };
  const failed = await runOf('collect');
  await ask('dead-letters.list');
  const retried = ended('collect');
  await ask('dead-letters.retry', { ids: [failed] });
  const again = (await retried).run.id;
  await ask('dead-letters.dismiss', { runId: again });
  const third = ended('collect');
  await ask('runs.retry', { id: again });
  await third;

  for (const name of ['overview', 'stats', 'metrics.summary', 'logs.tail'] as const)
    await ask(name);
  await ask('pause', { reason: 'holiday' });
  await ask('resume');
  const document = await ask('config.export');
  await ask('config.import', document as object);
  await ask('config.import', { version: 99 });
  // It collects at once: what it brings until it is deleted again is by chance.
  await ask('demo.start');
  await ask('jobs.delete', { id: 'demo-coins-30s' });
  await ask('integrations.delete', { id: 'demo-coins', data: 'delete' });
  await ask('jobs.delete', { id: 'collect' });
  await ask('integrations.delete', { id: 'things', data: 'delete' });
  await ask('secrets.delete', { name: 'token' });
  await ask('store.info');
  await ask('store.checkpoint');
  await ask('store.compact');
  const { name } = (await ask('store.backup')) as { name: string };
  await ask('store.backups');
  await ask('store.recover', { choice: 'prefix' });
  await ask('store.restore', { backup: name });
  return transcript;
}

/** What is by chance, or tells through which door it came, under one name each. */
function withoutChance(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (name: string, value: unknown) => {
    if (CHANCE.has(name)) return '<chance>';
    if (typeof value === 'number' && MEASURED.test(name)) return '<number>';
    if (typeof value !== 'string') return value;
    return value
      .replace(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?Z/g, '<instant>')
      .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<id>')
      .replace(/127\.0\.0\.1:\d+/g, '<host>')
      .replace(/\/tmp\/[\w-]+/g, '<home>')
      .replace(/"\w*Ms":[\d.]+/g, '"ms":0')
      .replace(/\b(?:manual|api)\b(?=$| )/g, '<by hand>');
  });
}

const CHANCE = new Set([
  'stepMs',
  'triggeredBy',
  'trigger',
  'resources',
  'worker',
  'heartbeatAt',
  // Of an HTTP answer.
  'date',
  // Of the status: figures that follow a little later.
  'store',
  // Whether the demo's second run was due meanwhile.
  'runs',
]);
const MEASURED = /(?:Ms|[bB]ytes|lsn|^count)$/;

/** Threads beat, logs grow, and what is measured differs: here only the shape is compared. */
const LIVELY = new Set(['workers', 'logs.tail', 'metrics.summary', 'stats', 'overview', 'status']);

describe('every command of the contract', () => {
  it('answers the same to the window, over REST by its own document, and to the command line', async () => {
    const transcripts: Partial<Record<keyof typeof faces, readonly string[][]>> = {};
    for (const kind of ['ipc', 'rest', 'cli'] as const) {
      const api = await startItemsApi([
        { id: 'a/b', n: 9007199254740991 },
        { id: 'c', n: 2 },
        { id: 'd', n: 'not a number' },
      ]);
      const test = await startTestEngine({ onReplaced: () => undefined });
      transcripts[kind] = await tour(await faces[kind](test), test, api);
    }
    const { ipc = [], rest = [], cli = [] } = transcripts;
    expect(new Set(ipc.map(([name]) => name))).toEqual(new Set(Object.keys(contract)));
    const still = (steps: readonly string[][]) => steps.filter(([name]) => !LIVELY.has(name ?? ''));
    expect(still(rest)).toEqual(still(ipc));
    expect(still(cli)).toEqual(still(ipc));
  }, 120_000);
});
