import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createCallAnswerer } from '../../src/main/desktop/answer-call.ts';
import { EventFeed } from '../../src/main/desktop/event-feed.ts';
import { systemClock } from '../../src/main/engine/clock.ts';
import { contract, type CommandName } from '../../src/shared/contract.ts';
import type { Run, RunDetail } from '../../src/shared/run.ts';
import { startApiServer } from '../support/api-server.ts';
import { echo, echoedIntegrations, SECRET, traces } from '../support/canary.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { startTestEngine } from '../support/test-engine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
    for (const [index, integration] of echoedIntegrations(api.origin).entries()) {
      await ask('POST', '/integrations', integration);
      await ask('POST', '/integrations/test', { integration });
      const id = `job-${index}`;
      await ask('POST', '/jobs', {
        id,
        name: id,
        integrationId: integration.id,
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

  it('is in no message to the window', async () => {
    const api = await startApiServer(echo);
    const { engine, next } = await startTestEngine();
    const messages: string[] = [];
    const feed = new EventFeed({
      clock: systemClock,
      send: (events) => messages.push(JSON.stringify(events)),
      sendReset: () => messages.push('reset'),
    });
    feed.open();
    engine.events.onPublic((event) => feed.push(event));
    const answer = createCallAnswerer({
      table: contract,
      handlers: engine.handlers,
      clock: systemClock,
      locale: () => 'en',
      report: ({ unexpected }) => messages.push(String(unexpected)),
    });
    const ask = async (name: CommandName, input: unknown): Promise<void> => {
      messages.push(JSON.stringify(await answer(name, input)));
    };
    await ask('secrets.put', { name: 'canary', value: SECRET, origin: api.origin });
    for (const integration of echoedIntegrations(api.origin)) {
      const { id } = integration;
      await ask('integrations.create', integration);
      await ask('integrations.test', { integration });
      await ask('jobs.create', { id, name: id, integrationId: id, retry: { maxAttempts: 1 } });
      const finished = next('run.finished', ({ run }) => run.jobId === id);
      await ask('jobs.run', { id });
      const { run } = await finished;
      await ask('runs.get', { id: run.id });
      await ask('runs.log', { id: run.id });
    }
    for (const name of [
      'runs.list',
      'records.list',
      'quarantine.list',
      'quarantine.fields',
    ] as const)
      await ask(name, {});
    for (const name of ['secrets.list', 'integrations.list', 'jobs.list', 'overview'] as const)
      await ask(name, {});
    await ask('config.export', {});
    await vi.waitFor(() => expect(messages.join('\n')).toContain('run.finished'));

    expect(messages.filter((message) => message.includes('"ok":false'))).toEqual([]);
    expect(api.requests.length).toBeGreaterThan(5);
    expect(messages.flatMap(traces)).toEqual([]);
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
