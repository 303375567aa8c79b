import { describe, expect, it } from 'vitest';
import { startItemsApi } from '../support/items-api.ts';
import { runJob } from '../support/run-job.ts';
import { startTestEngine } from '../support/test-engine.ts';

describe('Importing an integration', () => {
  it('makes a draft of a curl line that is tested, saved and collected as it is', async () => {
    const api = await startItemsApi([{ id: 1 }, { id: 2 }]);
    const engine = await startTestEngine();
    const { integration, report } = await engine.call('integrations.import', {
      from: 'curl',
      text: `curl --compressed -s '${api.url}/items?lang=en' -H 'X-Client: me' -o out.json`,
    });
    expect(integration.request).toMatchObject({ method: 'GET', query: { lang: 'en' } });
    expect(report).toContainEqual(
      expect.objectContaining({
        taken: false,
        what: expect.stringContaining('-o') as string,
        why: expect.stringMatching(/\w+ \w+/) as string,
      }),
    );
    expect((await engine.call('integrations.list', {})).items).toEqual([]);

    const { id } = await engine.call('integrations.create', {
      ...integration,
      records: { path: '$.items[*]' },
      key: ['id'],
    });
    await engine.call('jobs.create', { id: 'collect', name: 'Collect', integrationId: id });
    const run = await runJob(engine, 'collect');
    expect(run.counts).toMatchObject({ received: 2, new: 2 });
  });

  it('takes one operation of an OpenAPI document, and says which there are when none was chosen', async () => {
    const { call } = await startTestEngine();
    const operation = (operationId: string) => ({
      operationId,
      responses: { 200: { description: 'ok' } },
    });
    const text = JSON.stringify({
      openapi: '3.0.3',
      info: { title: 'Shop', version: '1' },
      servers: [{ url: 'https://api.example.com/v1' }],
      paths: {
        '/items': { get: operation('listItems') },
        '/users': { get: operation('listUsers') },
      },
    });
    const chosen = await call('integrations.import', {
      from: 'openapi',
      text,
      operation: 'listUsers',
    });
    expect(chosen.integration.request.url).toBe('https://api.example.com/v1/users');
    await expect(call('integrations.import', { from: 'openapi', text })).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining('listItems'),
    });
  });

  it('refuses a text that is none of it with a sentence', async () => {
    const { call } = await startTestEngine();
    await expect(
      call('integrations.import', { from: 'postman', text: 'hello' }),
    ).rejects.toMatchObject({ code: 'validation', details: [{ path: 'text' }] });
    await expect(
      call('integrations.import', { from: 'curl', text: 'curl -d @- https://example.com' }),
    ).rejects.toMatchObject({ code: 'validation' });
  });
});
