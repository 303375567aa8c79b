import { describe, expect, it } from 'vitest';
import { integrationInputSchema } from '../../../../src/shared/integration.ts';
import { startPlanned } from '../../../support/planned-rig.ts';

const integration = (name: string, id?: string) =>
  integrationInputSchema.parse({
    name,
    request: { url: 'https://x.example/' },
    ...(id ? { id } : {}),
  });

describe('two at once', () => {
  it('of the same name get ids of their own', async () => {
    const { addJob, catalog, store } = await startPlanned();
    const made = await Promise.all([
      addJob({ name: 'Coins' }),
      addJob({ name: 'Coins' }),
      addJob({ name: 'Coins' }),
    ]);
    expect(made.map(({ definition }) => definition.id)).toEqual(['coins', 'coins-2', 'coins-3']);
    expect([...catalog.jobs.keys()]).toEqual([...store.jobs.keys()]);
  });

  it('of the same id: one is made, the other is refused', async () => {
    const { catalog } = await startPlanned();
    const made = await Promise.allSettled([
      catalog.createIntegration(integration('A', 'same')),
      catalog.createIntegration(integration('B', 'same')),
    ]);
    expect(made.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(catalog.integration('same').definition.name).toBe('A');
  });

  it('edits of one job end with the later, in memory as on disk', async () => {
    const rig = await startPlanned();
    await rig.addJob();
    await Promise.all([
      rig.updateJob('job', { name: 'One' }),
      rig.updateJob('job', { name: 'Two' }),
    ]);
    expect(rig.catalog.job('job').definition.name).toBe('Two');
    expect(rig.store.jobs.get('job')?.job.name).toBe('Two');
  });

  it('an edit and a deletion do not bring the job back', async () => {
    const rig = await startPlanned();
    await rig.addJob();
    const both = await Promise.allSettled([
      rig.catalog.deleteJob('job'),
      rig.updateJob('job', { name: 'Two' }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(rig.catalog.jobs.has('job')).toBe(false);
    expect(rig.store.jobs.has('job')).toBe(false);
  });

  it('a job that is deleted, made anew and edited while the store is slow is there at the end', async () => {
    const rig = await startPlanned();
    await rig.addJob();
    rig.store.hold();
    const asked: Promise<unknown>[] = [rig.catalog.deleteJob('job')];
    await rig.settle();
    asked.push(rig.addJob({ id: 'job' }), rig.updateJob('job', { name: 'Again' }));
    await rig.settle();
    rig.store.release();
    await Promise.all(asked);
    expect(rig.catalog.job('job').definition.name).toBe('Again');
    expect(rig.store.jobs.get('job')?.job.name).toBe('Again');
  });

  it('a new job and the deletion of its integration do not leave it without one', async () => {
    const rig = await startPlanned();
    rig.store.hold();
    const both = Promise.allSettled([
      rig.addJob(),
      rig.catalog.deleteIntegration('api', false, 'keep'),
    ]);
    await rig.settle();
    rig.store.release();
    const [made, deleted] = await both;
    expect([made.status, deleted.status]).toEqual(['fulfilled', 'rejected']);
    expect(rig.catalog.integrations.has('api')).toBe(true);
  });
});

describe('a deletion', () => {
  it('of an integration with jobs is refused, naming them, unless it cascades', async () => {
    const rig = await startPlanned();
    await rig.addJob();
    await expect(rig.catalog.deleteIntegration('api', false, 'keep')).rejects.toMatchObject({
      code: 'conflict',
    });
    await rig.catalog.deleteIntegration('api', true, 'delete');
    expect([rig.catalog.jobs.size, rig.catalog.integrations.size]).toEqual([0, 0]);
  });

  it('cancels what runs and keeps its history', async () => {
    const rig = await startPlanned();
    const job = await rig.addJob({ overlap: 'queue-all' });
    const asked = { trigger: 'manual', triggeredBy: 'gui', scheduledFor: null } as const;
    await rig.service.start(job, asked);
    await rig.service.start(job, asked);
    await rig.catalog.deleteJob('job');
    expect(rig.rows()).toEqual(['cancelled', 'cancelled']);
    expect(rig.service.running).toBe(0);
  });

  it('of what does not exist says so', async () => {
    const rig = await startPlanned();
    await expect(rig.catalog.deleteJob('ghost')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a job that others run after', () => {
  it('is not deleted, in a sentence that names them, and goes on as it was', async () => {
    const rig = await startPlanned();
    await rig.addJob({ id: 'first', schedule: { kind: 'fixed-rate', everyMs: 1000 } });
    await rig.addJob({ id: 'then', after: ['first'] });
    await expect(rig.catalog.deleteJob('first')).rejects.toMatchObject({
      code: 'conflict',
      message:
        "Job 'first' cannot be deleted: 'then' waits for it (after). Take it out of it first, or delete it too.",
    });
    rig.answering();
    await rig.pass(3000);
    expect(rig.rows('first').length).toBeGreaterThanOrEqual(2);
    await rig.catalog.deleteJob('then');
    await rig.catalog.deleteJob('first');
    expect(rig.catalog.jobs.size).toBe(0);
  });

  it('is not deleted while one that will run after it is being made', async () => {
    const rig = await startPlanned();
    await rig.addJob({ id: 'first' });
    rig.store.hold();
    const both = Promise.allSettled([
      rig.addJob({ id: 'then', after: ['first'] }),
      rig.catalog.deleteJob('first'),
    ]);
    await rig.settle();
    rig.store.release();
    expect((await both).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect([...rig.catalog.jobs.keys()].sort()).toEqual(['first', 'then']);
  });

  it('goes with its integration when those that wait for it go too, and else nothing goes', async () => {
    const rig = await startPlanned();
    await rig.catalog.createIntegration(integration('Other', 'other'));
    await rig.addJob({ id: 'first' });
    await rig.addJob({ id: 'then', after: ['first'] });
    await rig.addJob({ id: 'stranger', after: ['then'], integrationId: 'other' });
    await expect(rig.catalog.deleteIntegration('api', true, 'keep')).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(rig.catalog.jobs.size).toBe(3);
    await rig.catalog.deleteJob('stranger');
    await rig.catalog.deleteIntegration('api', true, 'keep');
    expect([...rig.catalog.jobs.keys()]).toEqual([]);
  });
});

it('the network thread forgets what was declared before, and what is declared no longer', async () => {
  const rig = await startPlanned();
  const told = () =>
    rig.network.posted.flatMap((message) =>
      message.type === 'plan' || message.type === 'forget'
        ? [`${message.type} ${message.planId}`]
        : [],
    );
  await rig.catalog.updateIntegration('api', integration('API, changed'));
  expect(told()).toEqual(['plan 1', 'plan 2', 'forget 1']);
  await rig.catalog.deleteIntegration('api', false, 'keep');
  expect(told().at(-1)).toBe('forget 2');
});

it('a reference to what does not exist is refused with its path', async () => {
  const rig = await startPlanned();
  await expect(rig.addJob({ integrationId: 'ghost' })).rejects.toMatchObject({
    code: 'unknown-reference',
    details: [{ path: 'integrationId' }],
  });
  await expect(rig.addJob({ id: 'me', after: ['me'] })).rejects.toMatchObject({
    details: [{ path: 'after.0' }],
  });
});
