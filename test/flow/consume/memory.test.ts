import { existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startHeadless, type Headless } from '../../support/headless.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import type { RunDetail } from '../../../src/shared/run.ts';

const MEBIBYTE = 1024 * 1024;
const LIMIT = 64 * MEBIBYTE;

const zeros = Buffer.alloc(200 * MEBIBYTE);
const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const BOMBS: Readonly<Record<string, { encoding: string; body: Buffer }>> = {
  gzip: { encoding: 'gzip', body: gzipSync(zeros, { level: 1 }) },
  deflate: { encoding: 'deflate', body: deflateSync(zeros, { level: 1 }) },
  br: { encoding: 'br', body: brotliCompressSync(zeros, quick) },
  'gzip-gzip': { encoding: 'gzip, gzip', body: gzipSync(gzipSync(zeros, { level: 1 })) },
};

/** 500 MB without an announced length, as fast as they are taken. */
function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(MEBIBYTE, ' ');
  let left = 500;
  const go = () => {
    while (!response.destroyed && left-- > 0) if (!response.write(chunk)) return;
  };
  response.on('drain', go);
  go();
}

async function startBombs(): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const bomb = BOMBS[url.slice(1)];
    if (url === '/flood') flood(response);
    else if (bomb === undefined) response.end('[{"id":1}]');
    else response.setHeader('content-encoding', bomb.encoding).end(bomb.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The most memory that a process ever had, in bytes. */
function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024;
}

async function endOf(program: Headless, origin: string, path: string): Promise<RunDetail> {
  const integration = {
    id: path,
    name: path,
    request: { url: `${origin}/${path}` },
    retry: { maxAttempts: 1 },
  };
  await program.request('POST', '/integrations', integration);
  const job = { id: path, name: path, integrationId: path, retry: { maxAttempts: 1 } };
  await program.request('POST', '/jobs', job);
  const { runIds } = await program.request<{ runIds: string[] }>('POST', `/jobs/${path}/run`, {});
  return vi.waitFor(
    async () => {
      const run = await program.request<RunDetail>('GET', `/runs/${runIds[0] ?? ''}`);
      expect(run.state).toBe('finished');
      return run;
    },
    { timeout: 30_000 },
  );
}

it.skipIf(!existsSync('/proc/self/status'))(
  'a body that turns out huge costs little more than twice the largest one that is allowed',
  async () => {
    const origin = await startBombs();
    const program = await startHeadless({ home: await temporaryFolder() });
    expect((await endOf(program, origin, 'small')).outcome).toBe('succeeded');
    for (const path of [...Object.keys(BOMBS), 'flood']) {
      const before = peakOf(program.process.pid!);
      const run = await endOf(program, origin, path);
      expect([path, run.error?.code]).toEqual([path, 'body-too-large']);
      expect(peakOf(program.process.pid!) - before, path).toBeLessThan(2.5 * LIMIT);
    }
    await program.end('SIGTERM');
  },
);
