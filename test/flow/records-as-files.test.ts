import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../src/main/cli/program.ts';
import { systemClock } from '../../src/main/engine/clock.ts';
import type { Run } from '../../src/shared/run.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { threadFiles } from '../support/test-engine.ts';

/** An API that answers these bytes, and nothing that JavaScript made of them. */
async function startBytesApi(body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function collect(program: Headless, url: string, schema: object | null = null) {
  await program.request('POST', '/integrations', {
    name: 'Items',
    request: { url },
    key: ['id'],
    schema,
  });
  await program.request('POST', '/jobs', { name: 'Items', integrationId: 'items' });
  const { runIds } = await program.request<{ runIds: string[] }>('POST', '/jobs/items/run');
  for (;;) {
    const run = await program.request<Run>('GET', `/runs/${runIds[0] ?? ''}`);
    if (run.state === 'finished') return run;
  }
}

async function textOf({ url, token }: Headless, path: string) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { status: answer.status, type: answer.headers.get('content-type'), text };
}

const LONG = '9007199254740993';
const BODY = `[{"id":${LONG},"price":1.50,"note":"=1+1;\\"x\\"","more":{"n":${LONG}}},{"id":-5,"price":2,"note":"-5"}]`;

describe('records', () => {
  it('keep their digits from the API to REST, in lists, versions and quarantine', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    const url = await startBytesApi(`[{"id":${LONG},"price":1.50},{"id":2,"price":"${LONG}"}]`);
    await collect(program, url, { properties: { price: { type: 'number' } } });
    const data = `"data":{"id":${LONG},"price":1.50}`;
    expect((await textOf(program, '/records')).text).toContain(data);
    expect((await textOf(program, `/records/items/${LONG}`)).text).toContain(data);
    expect((await textOf(program, `/records/items/${LONG}/versions`)).text).toContain(data);
    expect((await textOf(program, '/quarantine')).text).toContain(`"price":"${LONG}"`);
  });

  it('are written as JSON lines and CSV, safe for spreadsheets, as each country reads it', async () => {
    const program = await startHeadless({ home: await temporaryFolder() });
    await collect(program, await startBytesApi(BODY));

    const lines = await textOf(program, '/records?format=jsonl');
    expect(lines.type).toBe('application/x-ndjson; charset=utf-8');
    expect(lines.text.trimEnd().split('\n')).toHaveLength(2);
    expect(lines.text).toContain(`"data":{"id":${LONG},"price":1.50,`);

    const csv = await textOf(program, '/records?format=csv');
    expect(csv.type).toBe('text/csv; charset=utf-8');
    const [head, ...rows] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'integrationId,key,change,version,firstSeenAt,lastSeenAt,changedAt,vanishedAt,runId,data.id,data.price,data.note,data.more,data',
    );
    const row = rows.find((one) => one.includes(LONG));
    expect(row).toContain(`,${LONG},1.50,"'=1+1;""x""","{""n"":${LONG}}","{""id"":${LONG},`);
    expect(rows.find((one) => one.startsWith('items,-5,'))).toContain(',-5,2,-5,,');

    const brazilian = await textOf(program, '/records?format=csv&locale=pt-BR');
    expect(brazilian.text.startsWith('\ufeffintegrationId;key;')).toBe(true);
    expect(brazilian.text.match(/\ufeff/g)).toHaveLength(1);
    expect((await textOf(program, '/records?format=xlsx')).status).toBe(400);
  });

  it('are written whole, however many there are, by the command line too', async () => {
    const home = await temporaryFolder();
    const program = await startHeadless({ home });
    const items = Array.from({ length: 1234 }, (_, id) => ({ id }));
    await collect(program, await startBytesApi(JSON.stringify(items)));
    const out = await exported(home, 'csv');
    expect(out.startsWith('\ufeffintegrationId;')).toBe(true);
    const keys = out
      .trimEnd()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(';')[1]));
    expect(keys.sort((a, b) => a - b)).toEqual(items.map(({ id }) => id));
    expect((await exported(home, 'csv', '--limit', '3')).trimEnd().split('\r\n')).toHaveLength(4);
    expect((await exported(home, 'jsonl', '--limit', '3')).trimEnd().split('\n')).toHaveLength(3);
  });
});

/** What the command line writes in Brazil. */
async function exported(home: string, format: string, ...options: string[]): Promise<string> {
  let out = '';
  const code = await runCli(['records', '--format', format, ...options], {
    terminal: { write: (text) => void (out += text), warn: () => undefined, isColoured: false },
    clock: systemClock,
    env: { PONTUAL_HOME: home, LANG: 'pt_BR.UTF-8' },
    version: '0.1.0',
    threadFile: threadFiles.store,
    ask: async () => '',
    serve: async () => 0,
  });
  expect(code).toBe(0);
  return out;
}
