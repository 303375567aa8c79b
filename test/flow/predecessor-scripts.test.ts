import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);
const tools = ['curl', 'jq'].filter((tool) => spawnSync(tool, ['--version']).error === undefined);

/** A service that answers at /health, as the one that the scripts name. */
async function startService(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"status":"UP"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The document's commands, with our port for 8085, and the token where its author had a session: in `.curlrc`. */
async function startShell(program: Headless) {
  const home = await temporaryFolder();
  await mkdir(home, { recursive: true });
  await writeFile(join(home, '.curlrc'), `oauth2-bearer = "${program.token}"\n`);
  const port = new URL(program.url).port;
  return async (script: string): Promise<string> => {
    const text = script.replaceAll('localhost:8085', `localhost:${port}`);
    const env = { PATH: process.env['PATH'], HOME: home, JWT: program.token };
    const { stdout } = await run('bash', ['-c', text], { env });
    return stdout;
  };
}

describe.skipIf(tools.length < 2)("the predecessor's own commands", () => {
  let shell: (script: string) => Promise<string>;
  const json = async (script: string) => JSON.parse(await shell(script)) as Record<string, unknown>;
  let program: Headless;

  it('create, run and verify a job', async () => {
    program = await startHeadless({ home: await temporaryFolder() });
    shell = await startShell(program);
    const services = { resultados: await startService() };
    await program.request('PATCH', '/settings', { services });

    await shell('curl -f http://localhost:8085/actuator/health');
    await shell('curl -f http://localhost:8085/actuator/health/db');
    await shell('curl -f http://localhost:8085/actuator/health/redis');
    expect(await json('curl -f http://localhost:8085/scheduler/status')).toMatchObject({
      status: 'RUNNING',
      ativo: true,
    });

    const created = await json(`curl -X POST http://localhost:8085/scheduler/jobs \\
      -H "Content-Type: application/json" \\
      -H "Authorization: Bearer $JWT" \\
      -d '{
        "nome_job": "test-job",
        "tipo_job": "ONE_TIME",
        "servico_alvo": "resultados",
        "endpoint_execucao": "/health",
        "proxima_execucao": "'$(date -u +%Y-%m-%dT%H:%M:%S)'"
      }'`);
    expect(created).toMatchObject({
      id: 'test-job',
      nome_job: 'test-job',
      tipo_job: 'ONE_TIME',
      servico_alvo: 'resultados',
      endpoint_execucao: '/health',
      ativo: true,
    });

    const executed = await json(
      `JOB_ID=$(curl -s http://localhost:8085/scheduler/jobs | jq -r '.[-1].id')
       curl -X POST http://localhost:8085/scheduler/jobs/$JOB_ID/execute`,
    );
    expect(executed).toMatchObject({ job_id: 'test-job', tentativa_numero: 1 });
    const newest = await json("curl http://localhost:8085/scheduler/execucoes | jq '.[0]'");
    expect(newest['job_id']).toBe('test-job');
    expect(await json("curl 'http://localhost:8085/scheduler/execucoes?limite=1'")).toHaveLength(1);
    expect(
      await json("curl -s 'http://localhost:8085/scheduler/execucoes?limite=0'"),
    ).toMatchObject({ error: { code: 'validation', details: [{ path: 'limite' }] } });
    expect(['PENDING', 'RUNNING', 'SUCCESS', 'FAILED']).toContain(newest['status']);
    expect(
      await shell(
        "curl http://localhost:8085/scheduler/jobs | jq -r '.[] | select(.ativo == true) | .id'",
      ),
    ).toBe('test-job\n');
    await shell(
      `curl http://localhost:8085/scheduler/execucoes | jq '.[] | select(.status == "RUNNING")'`,
    );

    const { id } = newest as { id: string };
    const one = await json(`curl http://localhost:8085/scheduler/execucoes/${id}`);
    expect(one['logs_execucao']).toContain(id);
  });

  it('try the lock, pause and resume, and read the figures', async () => {
    program = await startHeadless({ home: await temporaryFolder() });
    shell = await startShell(program);
    const lock = await json('curl -X POST http://localhost:8085/scheduler/admin/test-lock');
    expect(lock).toMatchObject({ bloqueado: true });
    expect(lock['mensagem']).not.toBe('');
    expect(await json('curl -X POST http://localhost:8085/scheduler/pause')).toMatchObject({
      status: 'PAUSED',
      ativo: false,
    });
    expect(await json('curl -X POST http://localhost:8085/scheduler/resume')).toMatchObject({
      status: 'RUNNING',
    });
    expect(await json('curl http://localhost:8085/scheduler/metrics')).toHaveProperty(
      'execucoes_concluidas',
    );
    for (const name of [
      'executor.active',
      'executor.queued',
      'scheduler.execution.duration',
      'r2dbc.pool.connections',
    ]) {
      const metric = await json(`curl http://localhost:8085/actuator/metrics/${name}`);
      expect(metric).toMatchObject({ name, measurements: expect.any(Array) });
    }
  });

  it('say in their own words what is wrong', async () => {
    program = await startHeadless({ home: await temporaryFolder() });
    shell = await startShell(program);
    await program.request('PATCH', '/settings', { services: { a: 'http://127.0.0.1:9' } });
    const post = (body: object) =>
      json(`curl -s -X POST http://localhost:8085/scheduler/jobs -H 'Content-Type: application/json' \\
        -d '${JSON.stringify(body)}'`);
    const job = {
      nome_job: 'j',
      tipo_job: 'CRON',
      servico_alvo: 'a',
      expressao_cron: '0 0 2 * * *',
    };
    expect(await post({ ...job, servico_alvo: 'nobody' })).toMatchObject({
      error: { code: 'unknown-reference', details: [{ path: 'servico_alvo' }] },
    });
    expect(await post({ ...job, expressao_cron: '99 * * * *' })).toMatchObject({
      error: { code: 'validation', details: [{ path: 'expressao_cron' }] },
    });
    expect(await post({ ...job, cor: 'azul' })).toMatchObject({
      error: { code: 'validation', details: [{ path: 'cor' }] },
    });
    expect(await program.request('GET', '/integrations')).toMatchObject({ items: [] });

    expect(await post(job)).toMatchObject({ id: 'j', proxima_execucao: expect.any(String) });
    const changed = { ...job, expressao_cron: '0 30 23 * * *', prioridade: 'HIGH' };
    expect(
      await json(`curl -s -X PUT http://localhost:8085/scheduler/jobs/j -H 'Content-Type: application/json' \\
        -d '${JSON.stringify(changed)}'`),
    ).toMatchObject({ expressao_cron: '0 30 23 * * *', prioridade: 'HIGH' });
    await shell('curl -f -X DELETE http://localhost:8085/scheduler/jobs/j');
    expect(await program.request('GET', '/integrations')).toMatchObject({ items: [] });
    expect(await json('curl -s http://localhost:8085/scheduler/workflows')).toMatchObject({
      error: { code: 'not-implemented' },
    });
  });
});
