import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/shared/command.ts';
import {
  contract,
  type CommandInput,
  type CommandOutput,
} from '../../../../src/shared/contract.ts';
import { operationCommands } from '../../../../src/main/engine/commands/operations.ts';
import { toRun } from '../../../../src/main/engine/jobs/run-view.ts';
import { startPlanned } from '../../../support/planned-rig.ts';

const gui: Caller = { via: 'gui' };
const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;

async function setup() {
  const rig = await startPlanned();
  const commands = operationCommands({ ...rig, toRun });
  const bulk = (input: CommandInput<'jobs.bulk'>): Promise<CommandOutput<'jobs.bulk'>> =>
    commands['jobs.bulk'](contract['jobs.bulk'].input.parse(input), gui);
  return { ...rig, commands, bulk };
}

describe('dead letters', () => {
  async function failed() {
    const rig = await setup();
    const [run] = await rig.service.start(await rig.addJob({ retry: { maxAttempts: 1 } }), asked);
    rig.network.fail();
    await rig.settle();
    return { ...rig, id: run?.id ?? '' };
  }

  it('are retried as new runs that name them', async () => {
    const { commands, store, id } = await failed();
    const { results } = await commands['dead-letters.retry']({ ids: [id] }, gui);
    expect(results).toMatchObject([{ id, ok: true, error: null }]);
    const again = store.run(results[0]?.runIds[0] ?? '').row;
    expect(again).toMatchObject({ retryOf: id, trigger: 'retry', state: 'running' });
  });

  it('that do not exist, or have not failed, are told one by one', async () => {
    const { commands, id, network, settle } = await failed();
    const first = await commands['dead-letters.retry']({ ids: ['ghost', id] }, gui);
    expect(first.results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(first.results[0]?.error).toMatchObject({ code: 'not-found' });
    network.succeed();
    await settle();
    const [good] = first.results[1]?.runIds ?? [];
    const second = await commands['dead-letters.retry']({ ids: [good ?? ''] }, gui);
    expect(second.results[0]?.error).toMatchObject({ code: 'conflict' });
  });

  it('of one job are all tried again, one after the other, whatever its overlap', async () => {
    const { commands, store, service, catalog, network, settle, id } = await failed();
    const [other] = await service.start(catalog.job('job'), { ...asked, input: { n: 2 } });
    network.fail();
    await settle();
    const ids = [id, other?.id ?? ''];
    const { results } = await commands['dead-letters.retry']({ ids }, gui);
    expect(results.map(({ ok }) => ok)).toEqual([true, true]);
    network.succeed();
    await settle();
    network.succeed();
    await settle();
    const again = results.map(({ runIds }) => store.run(runIds[0] ?? '').row);
    expect(again).toMatchObject([
      { retryOf: id, outcome: 'succeeded' },
      { retryOf: other?.id, outcome: 'succeeded', input: { n: 2 } },
    ]);
  });

  it('that are retried twice are tried again once', async () => {
    const { commands, store, id } = await failed();
    const both = await Promise.all([
      commands['dead-letters.retry']({ ids: [id] }, gui),
      commands['dead-letters.retry']({ ids: [id] }, gui),
    ]);
    const [first, second] = both.map(({ results }) => results[0]?.runIds);
    expect(second).toEqual(first);
    expect(store.rowsOf('job')).toHaveLength(2);
  });

  it('for which there is no room are told so', async () => {
    const rig = await setup();
    const job = await rig.addJob({ overlap: 'allow', maxParallel: 1, retry: { maxAttempts: 1 } });
    const [dead] = await rig.service.start(job, asked);
    rig.network.fail();
    await rig.settle();
    await rig.service.start(job, asked);
    const { results } = await rig.commands['dead-letters.retry']({ ids: [dead?.id ?? ''] }, gui);
    expect(results[0]).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(results[0]?.error?.message).toContain('stays in the list');
  });

  it('are dismissed', async () => {
    const { commands, store, id } = await failed();
    await commands['dead-letters.dismiss']({ runId: id }, gui);
    expect(store.dismissed).toEqual(new Set([id]));
    await expect(commands['dead-letters.dismiss']({ runId: 'ghost' }, gui)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the cursor of a job', () => {
  it('is read, set and forgotten, and used by the next run', async () => {
    const { commands, addJob, service, network } = await setup();
    const job = await addJob();
    expect(await commands['jobs.cursor.get']({ id: 'job' }, gui)).toEqual({ watermark: null });
    await commands['jobs.cursor.put']({ id: 'job', watermark: '2026-01-01' }, gui);
    expect(await commands['jobs.cursor.get']({ id: 'job' }, gui)).toEqual({
      watermark: '2026-01-01',
    });
    await service.start(job, asked);
    expect(network.attempt().watermark).toBe('2026-01-01');
  });

  it('is not touched while a run will set it', async () => {
    const { commands, addJob, service } = await setup();
    await service.start(await addJob(), asked);
    await expect(commands['jobs.cursor.delete']({ id: 'job' }, gui)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('stays as it was when the store refuses', async () => {
    const { commands, addJob, store } = await setup();
    const job = await addJob();
    store.refuse();
    await expect(commands['jobs.cursor.put']({ id: 'job', watermark: 'x' }, gui)).rejects.toThrow();
    expect(job.watermark).toBeNull();
  });
});

describe('many jobs at once', () => {
  it('are paused, resumed, run, changed and deleted', async () => {
    const { addJob, bulk, catalog, network } = await setup();
    const ids = ['a', 'b'];
    for (const id of ids) await addJob({ id });
    await bulk({ ids, action: 'pause', reason: 'holidays' });
    expect(ids.map((id) => catalog.job(id).runtime)).toMatchObject([
      { state: 'paused', pauseReason: 'holidays' },
      { state: 'paused' },
    ]);
    await bulk({ ids, action: 'resume' });
    expect(catalog.job('a').runtime.state).toBe('enabled');
    const { results } = await bulk({ ids, action: 'run', input: { n: 1 } });
    expect(results.map(({ runIds }) => runIds.length)).toEqual([1, 1]);
    expect(network.attempt().template.input).toEqual({ n: 1 });
    await bulk({ ids, action: 'set', set: { tags: ['x'], timeoutMs: 5000 } });
    expect(catalog.job('b').definition).toMatchObject({
      name: 'Job',
      tags: ['x'],
      timeoutMs: 5000,
    });
    await bulk({ ids, action: 'delete' });
    expect(catalog.jobs.size).toBe(0);
  });

  it('are deleted together although they run after one another', async () => {
    const { addJob, bulk, catalog } = await setup();
    const ids = ['a', 'b', 'c'];
    await addJob({ id: 'a' });
    await addJob({ id: 'b', after: ['a'] });
    await addJob({ id: 'c', after: ['b', 'a'] });
    const refused = await bulk({ ids: ['a', 'b'], action: 'delete' });
    expect(refused.results.map(({ id, ok }) => [id, ok])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    const { results } = await bulk({ ids, action: 'delete' });
    expect(results.map(({ id, ok }) => [id, ok])).toEqual(ids.map((id) => [id, true]));
    expect(catalog.jobs.size).toBe(0);
  });

  it('what goes wrong with one does not touch the others', async () => {
    const { addJob, bulk } = await setup();
    await addJob({ id: 'a' });
    const { results } = await bulk({ ids: ['ghost', 'a'], action: 'pause' });
    expect(results).toMatchObject([
      { id: 'ghost', ok: false, error: { code: 'not-found' } },
      { id: 'a', ok: true, error: null },
    ]);
  });

  it.each([
    [{ priority: 'urgent' }, 'set.priority'],
    [{ nonsense: 1 }, 'set'],
    [{ id: 'other' }, 'set.id'],
  ])('a change that is not valid is refused for each: %j', async (set, path) => {
    const { addJob, bulk } = await setup();
    await addJob({ id: 'a' });
    const { results } = await bulk({ ids: ['a'], action: 'set', set });
    expect(results[0]?.error?.code).toBe('validation');
    expect(results[0]?.error?.details[0]?.path).toContain(path);
  });

  it('the same job named twice is asked once', async () => {
    const { addJob, bulk } = await setup();
    await addJob({ id: 'a' });
    const { results } = await bulk({ ids: ['a', 'a'], action: 'run' });
    expect(results).toHaveLength(1);
  });
});
