import { describe, expect, it } from 'vitest';
import { createRestClient } from '../../src/main/cli/rest-client.ts';
import {
  contract,
  type CommandInput,
  type CommandName,
  type CommandOutput,
} from '../../src/shared/contract.ts';
import { startHeadless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The built program behind a client made from the contract; every answer is held to the contract, field by field. */
async function startDemo() {
  const home = await temporaryFolder();
  const program = await startHeadless({ home, args: ['--demo'] });
  const api = createRestClient(contract, program);
  const call = async <N extends CommandName>(
    name: N,
    input: CommandInput<N>,
  ): Promise<CommandOutput<N>> => {
    // The client has one function a command, each typed by its own name.
    const answer: unknown = await (api[name] as (input: CommandInput<N>) => Promise<unknown>)(
      input,
    );
    const checked = contract[name].output.safeParse(answer);
    expect(checked.error?.issues, `${name} answers what the contract says`).toBeUndefined();
    return answer as CommandOutput<N>;
  };
  return { program, api, call };
}

/** Connects to the events; what it answers resolves when a run of the job has finished since then. */
async function followRuns({ url, token }: { url: string; token: string }, jobId: string) {
  const response = await fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = response.body!.pipeThrough(new TextDecoderStream());
  return async () => {
    let seen = '';
    for await (const chunk of text) {
      seen += chunk;
      const blocks = seen.split('\n\n').filter((block) => block.includes('event: run.finished'));
      if (blocks.some((block) => block.includes(`"${jobId}"`))) return;
    }
  };
}

describe('the REST API of the whole program', () => {
  it('answers every question as the contract says, after a real run', async () => {
    const { program, call } = await startDemo();
    const runEnded = await followRuns(program, 'demo-coins-30s');
    // The demo's own first run may be under way: then this one is skipped, and the other ends.
    const { runIds } = await call('jobs.run', { id: 'demo-coins-30s', full: true });
    await runEnded();
    const all = await call('runs.list', { jobId: 'demo-coins-30s' });
    expect(all.items.map(({ id }) => id)).toEqual(expect.arrayContaining(runIds));
    const runs = await call('runs.list', { outcome: 'succeeded' });
    const run = await call('runs.get', { id: runs.items[0]!.id });
    expect(run.attempts.length).toBeGreaterThan(0);
    expect(await call('runs.log', { id: run.id })).toContain(run.id);

    const records = await call('records.list', { integrationId: 'demo-coins', limit: 5 });
    expect(records.items).toHaveLength(5);
    const { key } = records.items[0]!;
    await call('records.get', { integrationId: 'demo-coins', key });
    await call('records.versions', { integrationId: 'demo-coins', key });
    const quarantine = await call('quarantine.list', { integrationId: 'demo-coins' });
    expect(quarantine.items.map(({ field }) => field)).toEqual(['price']);

    await call('integrations.list', {});
    const integration = await call('integrations.get', { id: 'demo-coins' });
    await call('integrations.update', { ...integration, name: 'Coins, renamed' });
    const job = await call('jobs.get', { id: 'demo-coins-30s' });
    expect((await call('jobs.update', { ...job, name: 'Renamed' })).name).toBe('Renamed');
    await call('jobs.list', {});
    await call('jobs.next', { id: job.id, count: 3 });
    await call('jobs.pause', { id: job.id });
    await call('jobs.resume', { id: job.id });
    await call('schedules.preview', { schedule: { kind: 'fixed-rate', everyMs: 1000 } });
    await call('secrets.list', {});
    await call('status', {});
    await call('overview', {});
    await call('pause', { reason: 'holiday' });
    await call('resume', {});
    await call('settings.patch', { concurrency: { runs: 8 } });
    expect((await call('settings.get', {})).concurrency.runs).toBe(8);
    await call('store.checkpoint', {});
    await call('jobs.delete', { id: job.id });
    await call('integrations.delete', { id: 'demo-coins', data: 'delete' });
  });

  it('gives figures and health of the running program', async () => {
    const { program } = await startDemo();
    const headers = { authorization: `Bearer ${program.token}` };
    const metrics = await (await fetch(`${program.url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/^pontual_store_lsn [1-9]/m);
    expect(metrics).toMatch(/^scheduler_queue_size\{priority="normal"\} \d+$/m);
    const health = await fetch(`${program.url}/actuator/health`, { headers });
    expect(await health.json()).toMatchObject({
      status: 'UP',
      components: { db: { status: 'UP' } },
    });
  });
});
