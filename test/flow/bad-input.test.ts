import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCallAnswerer } from '../../src/main/desktop/answer-call.ts';
import { systemClock } from '../../src/main/engine/clock.ts';
import { serve } from '../../src/main/serve.ts';
import { loadToken } from '../../src/main/server/token-file.ts';
import { PontualError, type Problem } from '../../src/shared/errors.ts';
import { contract } from '../../src/shared/contract.ts';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import { startItemsApi } from '../support/items-api.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

/** The problems that a refused input is answered with. */
async function problemsOf(refused: Promise<unknown>): Promise<readonly Problem[]> {
  const error: unknown = await refused.then(
    () => 'was accepted',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PontualError))
    throw new Error(`Expected a refusal, got ${String(error)}.`);
  return error.body.details;
}

const integration = (more: Partial<IntegrationInput>): IntegrationInput => ({
  name: 'Bad',
  request: { url: 'http://127.0.0.1:1/items' },
  ...more,
});

describe('Bad input gets a sentence at its field', () => {
  it.each([
    ['', 'schedule.expression'],
    ['*', 'schedule.expression'],
    ['0 0 30 2 *', 'schedule.expression'],
    ['99 * * * *', 'schedule.expression'],
    ['@reboot', 'schedule.expression'],
  ])('a cron expression %j is refused', async (expression, path) => {
    const { call } = await startTestEngine();
    const schedule = { kind: 'cron', expression } as const;
    const problems = await problemsOf(call('schedules.preview', { schedule }));
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems[0]?.message).toMatch(/\w+.*\.$/);
  });

  it('an unknown zone, a malformed address, a JSONPath and a schema that do not compile are refused', async () => {
    const { call } = await startTestEngine();
    const zone = { kind: 'cron', expression: '0 * * * *', timeZone: 'Mars/Olympus' } as const;
    expect(await problemsOf(call('schedules.preview', { schedule: zone }))).toEqual([
      { path: 'schedule.timeZone', message: expect.stringContaining('Mars/Olympus') as string },
    ]);
    const cases: readonly [Partial<IntegrationInput>, string][] = [
      [{ request: { url: 'htp:/nowhere' } }, 'request.url'],
      [{ request: { url: 'https://user:pass@example.com/' } }, 'request.url'],
      [{ request: { url: 'http://127.0.0.1/{{ nope }}' } }, 'request.url'],
      [{ records: { path: '$.items[' } }, 'records.path'],
      [{ schema: { type: 'nonsense' } }, 'schema'],
    ];
    for (const [bad, path] of cases) {
      const [problem] = await problemsOf(call('integrations.create', integration(bad)));
      expect(problem?.path, JSON.stringify(bad)).toMatch(
        new RegExp(`^${path.replace('.', '\\.')}`),
      );
      expect(problem?.message).toMatch(/\.$/);
    }
    expect((await call('integrations.list', {})).items).toEqual([]);
  });

  it('a job that shares pages out that cannot be shared out is refused when it is saved', async () => {
    const { call } = await startTestEngine();
    await call('integrations.create', { ...integration({}), id: 'whole' });
    const paged = { ...integration({ pagination: { kind: 'page-number' } }), id: 'paged' };
    await call('integrations.create', paged);
    const job = { id: 'shared', name: 'Shared', instances: 3, splitPages: true };
    const problems = await problemsOf(call('jobs.create', { ...job, integrationId: 'whole' }));
    expect(problems).toEqual([
      { path: 'splitPages', message: expect.stringContaining('not with none') as string },
    ]);
    await call('jobs.create', { ...job, integrationId: 'paged' });
    const changed = { ...job, integrationId: 'whole' };
    expect(await problemsOf(call('jobs.update', changed))).toEqual(problems);
  });

  it('pages that jobs share out stay such that they can be shared out, and the jobs are named', async () => {
    const { call } = await startTestEngine();
    const paged = { ...integration({ pagination: { kind: 'page-number' } }), id: 'paged' };
    await call('integrations.create', paged);
    const job = { instances: 2, splitPages: true, integrationId: 'paged' };
    for (const id of ['one', 'two']) await call('jobs.create', { ...job, id, name: id });
    await call('jobs.create', { id: 'alone', name: 'Alone', integrationId: 'paged' });
    const change = (pagination: IntegrationInput['pagination']) =>
      problemsOf(call('integrations.update', { ...integration({ pagination }), id: 'paged' }));
    const [problem] = await change({ kind: 'cursor-body', path: '$.next' });
    expect(problem?.path).toBe('pagination.kind');
    expect(problem?.message).toMatch(/with cursor-body: 'one', 'two'\./);
    expect((await change({ kind: 'offset' }))[0]?.path).toBe('pagination.size');
    expect((await call('integrations.get', { id: 'paged' })).pagination.kind).toBe('page-number');
    for (const id of ['one', 'two'])
      await call('jobs.update', { id, name: id, integrationId: 'paged' });
    const whole = { ...integration({ pagination: { kind: 'none' } }), id: 'paged' };
    expect((await call('integrations.update', whole)).pagination.kind).toBe('none');
  });

  it('an unknown field is refused by name', () => {
    const parsed = contract['jobs.create'].input.safeParse({
      name: 'x',
      integrationId: 'y',
      nope: 1,
    });
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain('nope');
  });
});

describe('An API that misbehaves fails its own run, with a sentence', () => {
  const cases: readonly {
    name: string;
    answer: (r: ServerResponse) => void;
    says: RegExp;
  }[] = [
    {
      name: 'a web page instead of JSON',
      answer: (r) => r.setHeader('content-type', 'text/html').end('<html><h1>Log in</h1></html>'),
      says: /JSON/,
    },
    { name: 'a server error', answer: (r) => r.writeHead(500).end('oops'), says: /500/ },
    { name: 'garbage', answer: (r) => r.end('{"items":[1,2'), says: /JSON/ },
    { name: 'an empty body', answer: (r) => r.end(''), says: /empty|JSON/i },
  ];

  it.each(cases)('$name', async ({ answer, says }) => {
    const api = await startItemsApi();
    const engine = await startTestEngine();
    await collect(engine, 'bad', `${api.url}/bad`);
    await collect(engine, 'good', `${api.url}/good`);
    api.respond = (request, response) => {
      if (!request.url?.startsWith('/bad')) return false;
      answer(response);
      return true;
    };
    const ended = engine.next('run.finished', ({ run }) => run.jobId === 'bad');
    await engine.call('jobs.run', { id: 'bad' });
    const { run } = await ended;
    expect(run.outcome).toBe('failed');
    expect(run.error?.message).toMatch(says);

    const other = engine.next('run.finished', ({ run: { jobId } }) => jobId === 'good');
    await engine.call('jobs.run', { id: 'good' });
    expect((await other).run.outcome).toBe('succeeded');
  });
});

async function collect({ call }: TestEngine, id: string, url: string): Promise<void> {
  const retry = { maxAttempts: 1 };
  await call('integrations.create', {
    id,
    name: id,
    request: { url },
    records: { path: '$.items[*]' },
    retry,
  });
  await call('jobs.create', { id, name: id, integrationId: id, retry });
}

describe('Bad input is answered in the language of who asks', () => {
  const bad = {
    name: '',
    request: { url: 'http://127.0.0.1:1/{{ nope }}', body: 'x', colour: 'blue' },
  };
  const worse = { name: 'Bad', request: { url: 'http://127.0.0.1:1/{{ nope }}', body: 'x' } };

  it('over REST, where Accept-Language says which', async () => {
    const { engine, home } = await startTestEngine();
    const server = await serve(engine, 0);
    onTestFinished(() => server.stop());
    const token = await loadToken(home);
    const refuse = async (language: string | null, body: object) => {
      const response = await fetch(`${server.url}/api/v1/integrations`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(language === null ? {} : { 'accept-language': language }),
        },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(400);
      return ((await response.json()) as { error: { details: readonly Problem[] } }).error.details;
    };
    expect(await refuse('pt-BR,en;q=0.5', bad)).toEqual(
      expect.arrayContaining([
        { path: 'name', message: 'É preciso um nome.' },
        { path: 'request.colour', message: 'Este campo não é conhecido.' },
      ]),
    );
    expect(await refuse('pt-BR', worse)).toEqual(
      expect.arrayContaining([
        { path: 'request.url', message: expect.stringMatching(/^Um modelo não conhece 'nope'/) },
        { path: 'request.body', message: 'Uma requisição GET não tem corpo.' },
      ]),
    );
    for (const language of [null, 'en', 'de-DE'])
      expect(await refuse(language, worse)).toContainEqual({
        path: 'request.body',
        message: 'A GET request has no body.',
      });
  });

  it('in the window, which has its own', async () => {
    const { engine } = await startTestEngine();
    const answer = createCallAnswerer({
      table: contract,
      handlers: engine.handlers,
      clock: systemClock,
      locale: () => 'pt-BR',
      report: () => undefined,
    });
    const schedule = { kind: 'cron', expression: '0 0 30 2 *', timeZone: 'UTC' };
    expect(await answer('schedules.preview', { schedule })).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining('indica um dia que nunca chega') as string,
        details: [{ path: 'schedule.expression' }],
      },
    });
    expect(await answer('jobs.get', { id: 'nothing' })).toMatchObject({
      error: { code: 'not-found', message: "A tarefa 'nothing' não existe.", details: [] },
    });
  });
});
