import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Run, RunDetail } from '../../src/shared/run.ts';
import { startApiServer, type ReceivedRequest } from '../support/api-server.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SECRET = 'c4n4ry/S3cret+"wörd"\\&=%?x';
/** Unlike every other text, in every form but base64. */
const STEM = 'c4n4ry';

const forms = [
  SECRET,
  encodeURIComponent(SECRET),
  JSON.stringify(SECRET).slice(1, -1),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(SECRET).toString('base64url'),
  Buffer.from(`user:${SECRET}`).toString('base64'),
];

/** What gives the secret away in a text, in whatever form; empty when nothing does. */
function traces(text: string): string[] {
  const cores = [0, 1, 2].map((shift) =>
    Buffer.from(`${'-'.repeat(shift)}${SECRET}`)
      .toString('base64')
      .slice(4, -4),
  );
  return [STEM, ...forms, ...cores].filter((form) => text.includes(form));
}

/** Every file of a folder, however deep, as latin1 text. */
async function filesOf(folder: string): Promise<readonly { name: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const name = join(entry.parentPath, entry.name);
      return { name, text: (await readFile(name)).toString('latin1') };
    }),
  );
}

/** Everything that the program tells over its event stream, until it is closed. */
async function listen({ url, token }: Headless) {
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  let heard = '';
  const waiting: { readonly fits: () => boolean; readonly resolve: () => void }[] = [];
  const reading = (async () => {
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      heard += text;
      for (const { fits, resolve } of waiting) if (fits()) resolve();
    }
  })().catch(() => undefined);
  return {
    finished: (runId: string) =>
      new Promise<void>((resolve) => {
        const fits = () => heard.includes(`event: run.finished`) && ended(heard, runId);
        if (fits()) resolve();
        else waiting.push({ fits, resolve });
      }),
    close: async () => {
      abort.abort();
      await reading;
      return heard;
    },
  };
}

function ended(heard: string, runId: string): boolean {
  return heard
    .split('\n\n')
    .some((event) => event.includes('event: run.finished') && event.includes(runId));
}

/** An API that gives back what it was sent, in every form that it knows, in every place that it has. */
function echo({ path, headers, query }: ReceivedRequest) {
  const body = {
    items: forms.map((form, id) => ({ id, text: form, price: id % 2 ? form : id })),
    next: query.has('c') ? null : SECRET,
    sent: headers['authorization'],
  };
  const told = { 'x-echo': encodeURIComponent(SECRET), etag: `"${encodeURIComponent(SECRET)}"` };
  switch (path) {
    case '/items':
      return { body, headers: told };
    case '/error':
      return { status: 500, body: forms.join(' '), headers: told };
    case '/away':
      return { status: 302, headers: { location: `/lost?key=${encodeURIComponent(SECRET)}` } };
    case '/lost':
      return { status: 404, body: `<html>${forms.join('<br>')}</html>` };
    default:
      return { body: forms.join('\n') };
  }
}

describe('A secret that the API echoes in every place and form', () => {
  it('is in no file of the home, no log line, no event and no answer', async () => {
    const home = await temporaryFolder();
    const api = await startApiServer(echo);
    const program = await startHeadless({ home });
    const events = await listen(program);
    const answers: string[] = [];
    const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await program.request<T>(method, path, body);
      answers.push(JSON.stringify(answer));
      return answer;
    };
    await ask('PUT', '/secrets/canary', { value: SECRET, origin: api.origin });
    const basic = { kind: 'basic', username: 'user', secret: 'canary' } as const;
    const inQuery = { kind: 'api-key', in: 'query', name: 'key', secret: 'canary' } as const;
    const kinds = [
      {
        path: '/items',
        auth: basic,
        more: {
          records: { path: '$.items[*]' },
          schema: { properties: { price: { type: 'number' } } },
          pagination: { kind: 'cursor-body', path: '$.next', parameter: 'c' },
        },
      },
      { path: '/items', auth: inQuery, more: { records: { path: '$.items[*]' }, key: ['text'] } },
      { path: '/error', auth: basic, more: {} },
      { path: '/away', auth: inQuery, more: {} },
      { path: '/called', auth: basic, more: { records: null } },
    ];
    for (const [index, { path, auth, more }] of kinds.entries()) {
      const integration = {
        id: `echo-${index}`,
        name: `Echo ${index}`,
        request: { url: `${api.origin}${path}` },
        auth,
        retry: { maxAttempts: 1 },
        ...more,
      };
      await ask('POST', '/integrations', integration);
      await ask('POST', '/integrations/test', { integration });
      const id = `job-${index}`;
      await ask('POST', '/jobs', {
        id,
        name: id,
        integrationId: `echo-${index}`,
        retry: { maxAttempts: 1 },
      });
      const { runIds } = await ask<{ runIds: string[] }>('POST', `/jobs/${id}/run`, {});
      const [runId = ''] = runIds;
      await events.finished(runId);
      await ask<RunDetail>('GET', `/runs/${runId}`);
      const log = await fetch(`${program.url}/api/v1/runs/${runId}/log`, {
        headers: { authorization: `Bearer ${program.token}` },
      });
      answers.push(await log.text());
    }
    // It did arrive: what was sent to the API holds it, and records were kept.
    const credentials = Buffer.from(`user:${SECRET}`).toString('base64');
    expect(api.requests.some(({ headers }) => headers.authorization?.includes(credentials))).toBe(
      true,
    );
    const { items: runs } = await ask<{ items: Run[] }>('GET', '/runs?limit=500');
    expect(runs.reduce((sum, run) => sum + run.counts.received, 0)).toBeGreaterThan(5);
    for (const path of ['records', 'quarantine', 'secrets', 'integrations', 'jobs'])
      await ask('GET', `/${path}?limit=500`.replace('secrets?limit=500', 'secrets'));
    await ask('GET', '/quarantine/fields');
    await ask('GET', '/overview');
    await ask('GET', '/status');
    await ask('POST', '/store/checkpoint', {});
    await program.end('SIGTERM');
    answers.push(await events.close(), program.stderr());

    expect(answers.flatMap(traces)).toEqual([]);
    const files = await filesOf(home);
    expect(files.length).toBeGreaterThan(3);
    const found = files.map(({ name, text }) => ({ name, traces: traces(text) }));
    expect(found.filter(({ traces: some }) => some.length > 0)).toEqual([]);
  });

  it('leaves no byte of its sealed form behind once it was deleted and two checkpoints have passed', async () => {
    const home = await temporaryFolder();
    const program = await startHeadless({ home });
    const origin = 'https://api.example.com';
    await program.request('PUT', '/secrets/old', { value: SECRET, origin });
    await program.request('PUT', '/secrets/other', { value: 'something else', origin });
    await program.request('POST', '/store/checkpoint', {});
    const sealed = execFileSync('sqlite3', [
      join(home, 'pontual.db'),
      "select hex(sealed) from secrets where name = 'old'",
    ]);
    const bytes = Buffer.from(sealed.toString().trim(), 'hex').toString('latin1');
    expect(bytes.length).toBeGreaterThan(20);
    const holding = async () =>
      (await filesOf(home)).filter(({ text }) => text.includes(bytes)).map(({ name }) => name);
    expect(await holding()).not.toEqual([]);

    await program.request('DELETE', '/secrets/old');
    await program.request('POST', '/store/checkpoint', {});
    await program.request('POST', '/store/checkpoint', {});

    expect(await holding()).toEqual([]);
    await program.end('SIGTERM');
    expect(await holding()).toEqual([]);
  });
});
