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
