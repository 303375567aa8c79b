import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../../src/main/serve.ts';
import { loadToken } from '../../src/main/server/token-file.ts';
import { startItemsApi, type ItemsApi } from '../support/items-api.ts';
import { startTestEngine, type TestEngine } from '../support/test-engine.ts';

/** An engine with its local server, and a job whose API answers with this status. */
async function startFailing(status: number) {
  const api = await startItemsApi();
  api.respond = (_request, response) => {
    response.writeHead(status).end('no');
    return true;
  };
  const { engine, call, home, next } = await startTestEngine();
  const server = await serve(engine, 0);
  onTestFinished(() => server.stop());
  const token = await loadToken(home);
  const ask = async (path: string, language: string, init: RequestInit = {}) => {
    const response = await fetch(server.url + path, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'accept-language': language,
      },
    });
    return (await response.json()) as unknown;
  };
  await declare(call, api);
  const ended = next('run.finished');
  await call('jobs.run', { id: 'coins' });
  return { ask, run: (await ended).run };
}

async function declare(call: TestEngine['call'], api: ItemsApi): Promise<void> {
  const retry = { maxAttempts: 1 };
  const { id } = await call('integrations.create', {
    name: 'Coins',
    request: { url: api.url },
    retry,
  });
  await call('jobs.create', { name: 'Coins', integrationId: id, retry });
}

const ENGLISH = '401: the API did not accept the credentials.';
const PORTUGUESE = '401: a API não aceitou as credenciais.';

describe('What went wrong with a run is told in the language of who asks', () => {
  it('over REST, wherever the run is seen, and English to everybody else', async () => {
    const { ask, run } = await startFailing(401);
    const error = (message: string) => expect.objectContaining({ message }) as unknown;
    for (const [language, message] of [
      ['pt-BR', PORTUGUESE],
      ['de', ENGLISH],
    ] as const) {
      expect(await ask(`/api/v1/runs/${run.id}`, language)).toMatchObject({
        error: error(message),
        attempts: [{ error: error(message) }],
      });
      expect(await ask('/api/v1/runs', language)).toMatchObject({
        items: [{ error: error(message) }],
      });
      expect(await ask('/api/v1/dead-letters', language)).toMatchObject({
        items: [{ error: error(message) }],
      });
      expect(await ask('/api/v1/status', language)).toMatchObject({
        failures: { latest: [{ message }] },
      });
      expect(await ask(`/scheduler/execucoes/${run.id}`, language)).toMatchObject({
        erro_mensagem: `failed: ${message}`,
      });
    }
  });

  it('keeps its code and its parts for programs, whatever the language', async () => {
    const { ask, run } = await startFailing(503);
    expect(await ask(`/api/v1/runs/${run.id}`, 'pt-BR')).toMatchObject({
      error: {
        code: 'http-status',
        kind: 'transient',
        status: 503,
        says: { key: 'status503', data: { status: 503 } },
      },
    });
  });

  it('says of many commands at once, of a test and of an import why each was refused', async () => {
    const { ask } = await startFailing(401);
    const post = (path: string, body: object) =>
      ask(path, 'pt-BR', { method: 'POST', body: JSON.stringify(body) });
    expect(await post('/api/v1/jobs/bulk', { ids: ['none'], action: 'run' })).toMatchObject({
      results: [{ ok: false, error: { message: "A tarefa 'none' não existe." } }],
    });
    const text = "curl -k 'http://127.0.0.1:1/items' -H 'Host: x'";
    expect(await post('/api/v1/integrations/import', { from: 'curl', text })).toMatchObject({
      report: [
        { what: 'cabeçalho Host', why: 'o programa o define em cada requisição' },
        {
          what: '-k',
          why: expect.stringContaining('certificados são sempre verificados') as string,
        },
      ],
    });
    const jobs = [{ name: 'Lonely', integrationId: 'nobody' }];
    expect(
      await post('/api/v1/config/import', { version: 1, integrations: [], jobs }),
    ).toMatchObject({
      skipped: [{ why: "integrationId: A integração 'nobody' não existe." }],
    });
  });
});
