import { describe, expect, it } from 'vitest';
import { commandRequest, createRestClient } from '../../../src/main/cli/rest-client.ts';
import { contract } from '../../../src/shared/contract.ts';
import { PontualError } from '../../../src/shared/errors.ts';
import { sampleTable, startSampleServer, TOKEN } from '../../support/sample-server.ts';

describe('commandRequest', () => {
  it('puts fields into path, query, body and headers', () => {
    expect(commandRequest(contract['records.get'], { integrationId: 'a', key: 'x/y|z ?' })).toEqual(
      {
        method: 'GET',
        path: '/api/v1/records/a/x%2Fy%7Cz%20%3F',
        headers: { 'x-pontual-client': 'cli' },
        body: null,
      },
    );
    expect(
      commandRequest(contract['runs.list'], { jobId: 'a', limit: 5, cursor: undefined }).path,
    ).toBe('/api/v1/runs?jobId=a&limit=5');
    const run = commandRequest(contract['jobs.run'], { id: 'a', full: true, idempotencyKey: 'k' });
    expect(run).toMatchObject({
      method: 'POST',
      path: '/api/v1/jobs/a/run',
      headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
      body: '{"full":true}',
    });
  });
});

describe('createRestClient', () => {
  it('reaches every command of the table as the server understands it', async () => {
    const { server, calls } = await startSampleServer();
    const api = createRestClient(sampleTable, { url: server.url, token: TOKEN });
    expect(await api['things.list']({ limit: 3 })).toEqual({ items: [], limit: 3 });
    await api['things.create']({ name: 'n', key: 'k' });
    await api['things.replace']({ group: 'a/b', id: 'c d', name: 'x' });
    expect(await api['things.delete']({ group: 'g', id: 'i', force: 'yes' })).toBeNull();
    expect(await api['things.text']({})).toBe('line one\nline two\n');
    expect(calls.map(({ name, input, caller }) => [name, input, caller.via])).toEqual([
      ['things.list', { limit: 3 }, 'cli'],
      ['things.create', { name: 'n', key: 'k' }, 'cli'],
      ['things.replace', { group: 'a/b', id: 'c d', name: 'x' }, 'cli'],
      ['things.delete', { group: 'g', id: 'i', force: 'yes' }, 'cli'],
    ]);
  });

  it('rejects with what the engine answered', async () => {
    const { server } = await startSampleServer();
    const api = createRestClient(sampleTable, { url: server.url, token: TOKEN });
    const refused = api['things.create']({ name: '' });
    await expect(refused).rejects.toBeInstanceOf(PontualError);
    await expect(refused).rejects.toMatchObject({
      code: 'validation',
      details: [{ path: 'name', message: 'A name is needed.' }],
    });
    const missing = api['things.get']({ group: 'g', id: 'missing' });
    await expect(missing).rejects.toMatchObject({ code: 'not-found' });
  });

  it('says so when nobody answers', async () => {
    const { server } = await startSampleServer();
    await server.stop();
    const api = createRestClient(sampleTable, { url: server.url, token: TOKEN });
    await expect(api['things.text']({})).rejects.toThrow(`Nothing answers at ${server.url}`);
  });
});
