import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ConfigDocument, ImportReport } from '../../src/shared/config-document.ts';
import type { Job } from '../../src/shared/job.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DEFAULT_JOBS = join(import.meta.dirname, '../../resources/default-jobs.yaml');

describe('configuration as a file', () => {
  it('brings the five jobs of the predecessor, disabled, and knows them the next time', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    const yaml = await readFile(DEFAULT_JOBS, 'utf8');
    const first = await sendYaml(program, yaml);
    const ids = [
      'backup-database',
      'calculate-rankings',
      'send-daily-reports',
      'cleanup-audit-logs',
      'process-financial-batch',
    ];
    expect(first).toMatchObject({
      imported: [...ids, ...ids],
      changed: [],
      unchanged: [],
      skipped: [],
    });
    const { items } = await program.request<{ items: Job[] }>('GET', '/jobs');
    expect(items.map(({ id, state, nextRunAt }) => [id, state, nextRunAt])).toEqual(
      [...ids].sort().map((id) => [id, 'disabled', null]),
    );
    const again = await sendYaml(program, yaml);
    expect(again).toMatchObject({ imported: [], changed: [], unchanged: [...ids, ...ids] });
  });

  it('moves to another home whole, without secrets, the same each time', async () => {
    const one = await startHeadless({ home: await temporaryFolder() });
    await one.request('PUT', '/secrets/shop', {
      value: 'hunter2-and-more',
      origin: 'https://api.example.com',
    });
    await one.request('POST', '/integrations', {
      name: 'Coins',
      request: { url: 'https://api.example.com/coins', query: { lang: 'en' } },
      auth: { kind: 'bearer', secret: 'shop' },
      schema: { type: 'object' },
    });
    await one.request('POST', '/jobs', { name: 'First', integrationId: 'coins' });
    await one.request('POST', '/jobs', {
      name: 'A second',
      integrationId: 'coins',
      after: ['first'],
    });
    const text = await getYaml(one);
    expect(text).not.toContain('hunter2');
    expect(await getYaml(one)).toBe(text);
    const json = await one.request<ConfigDocument>('GET', '/config/export');
    expect(parse(text)).toEqual(json);

    const two = await startHeadless({ home: await temporaryFolder() });
    const missing = await two.request<ImportReport>('POST', '/config/import', json);
    expect(missing.skipped).toHaveLength(3);
    expect(missing.skipped[0]).toMatchObject({ id: 'coins', kind: 'integration' });
    await two.request('PUT', '/secrets/shop', { value: 'x', origin: 'https://api.example.com' });
    const report = await two.request<ImportReport>('POST', '/config/import', json);
    expect(report).toMatchObject({ imported: ['coins', 'first', 'a-second'], skipped: [] });
    expect(await getYaml(two)).toBe(text);

    // As the program answers them, with all that it knows besides.
    const { items: jobs } = await two.request<{ items: Job[] }>('GET', '/jobs');
    expect(jobs.every(({ health }) => health !== undefined)).toBe(true);
    const answered = await two.request<ImportReport>('POST', '/config/import', { ...json, jobs });
    expect(answered).toMatchObject({ imported: [], changed: [], skipped: [] });

    const changed = text.replace('lang: en', 'lang: pt');
    expect(await sendYaml(two, changed)).toMatchObject({
      imported: [],
      changed: ['coins'],
      unchanged: ['first', 'a-second'],
    });
    expect(await getYaml(two)).toBe(changed);
  });

  it('of a newer program changes nothing and says why', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    await expect(
      program.request('POST', '/config/import', { version: 9, integrations: [{ name: 'x' }] }),
    ).rejects.toThrow(/400.*a newer Pontual wrote/);
    expect(await program.request('GET', '/integrations')).toMatchObject({ items: [] });
  });

  it('is the only thing that is taken as YAML', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    const answer = await fetch(`${program.url}/api/v1/pause`, {
      method: 'POST',
      headers: { authorization: `Bearer ${program.token}`, 'content-type': 'application/yaml' },
      body: 'reason: none',
    });
    expect(answer.status).toBe(415);
  });
});

async function getYaml({ url, token }: Headless): Promise<string> {
  const answer = await fetch(`${url}/api/v1/config/export`, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/yaml' },
  });
  expect(answer.headers.get('content-type')).toContain('application/yaml');
  return answer.text();
}

async function sendYaml({ url, token }: Headless, body: string): Promise<ImportReport> {
  const answer = await fetch(`${url}/api/v1/config/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/yaml' },
    body,
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as ImportReport;
}
