import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../../src/shared/command.ts';
import { contract, type CommandInput } from '../../../../src/shared/contract.ts';
import { jobCommands } from '../../../../src/main/engine/commands/jobs.ts';
import { startPlanned } from '../../../support/planned-rig.ts';

const rest: Caller = { via: 'rest' };
const unused = () => {
  throw new Error('Not asked for here.');
};

async function setup() {
  const rig = await startPlanned();
  await rig.addJob({ overlap: 'allow' });
  const commands = jobCommands({
    learnPast: () => Promise.resolve(),
    ...rig,
    toJob: rig.view,
    checkSchedule: unused,
    preview: unused,
    previewJob: unused,
  });
  const start = (input: Omit<CommandInput<'jobs.run'>, 'id'> = {}, id = 'job') =>
    commands['jobs.run'](contract['jobs.run'].input.parse({ id, ...input }), rest);
  return { ...rig, start };
}

describe('the same Idempotency-Key', () => {
  it('gets the first answer, within the hour', async () => {
    const rig = await setup();
    const first = await rig.start({ idempotencyKey: 'k' });
    await rig.pass(59 * 60_000);
    expect(await rig.start({ idempotencyKey: 'k' })).toEqual(first);
    await rig.pass(60_001);
    expect(await rig.start({ idempotencyKey: 'k' })).not.toEqual(first);
    expect(rig.rows()).toHaveLength(2);
  });

  it('twenty times at once starts one run', async () => {
    const rig = await setup();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rig.start({ idempotencyKey: 'k' })),
    );
    expect(new Set(answers.map(({ runIds }) => runIds.join()))).toHaveProperty('size', 1);
    expect(rig.rows()).toHaveLength(1);
  });

  it('survives a restart', async () => {
    const rig = await setup();
    const first = await rig.start({ idempotencyKey: 'k' });
    rig.crash();
    const again = await startPlanned({ clock: rig.clock, store: rig.store });
    const commands = jobCommands({
      learnPast: () => Promise.resolve(),
      ...again,
      toJob: again.view,
      checkSchedule: unused,
      preview: unused,
      previewJob: unused,
    });
    const input = contract['jobs.run'].input.parse({ id: 'job', idempotencyKey: 'k' });
    expect(await commands['jobs.run'](input, rest)).toEqual(first);
  });

  it('for another job or another body is a conflict', async () => {
    const rig = await setup();
    await rig.addJob({ id: 'other' });
    await rig.start({ idempotencyKey: 'k' });
    await expect(rig.start({ idempotencyKey: 'k' }, 'other')).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(rig.start({ idempotencyKey: 'k', full: true })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('counts for nothing when the start was refused', async () => {
    const rig = await setup();
    rig.store.refuse();
    await expect(rig.start({ idempotencyKey: 'k' })).rejects.toThrow();
    rig.store.accept();
    await rig.start({ idempotencyKey: 'k' });
    expect(rig.rows()).toHaveLength(1);
  });
});

it('a start without a key is one intent each', async () => {
  const rig = await setup();
  await Promise.all([rig.start(), rig.start()]);
  expect(rig.rows()).toHaveLength(2);
});

it('a dated start waits for the wall clock; one in the past begins at once', async () => {
  const rig = await setup();
  await rig.start({ at: '2026-01-01T00:10:00Z' });
  await rig.start({ at: '2025-01-01T00:00:00Z' });
  expect(rig.rows()).toEqual(['queued', 'running']);
  await rig.pass(10 * 60_000 + 30);
  expect(rig.rows()).toEqual(['running', 'running']);
});

it('the input of a start goes over that of the job', async () => {
  const rig = await setup();
  await rig.updateJob('job', { input: { a: 1, b: 1 }, overlap: 'allow' });
  await rig.start({ input: { b: 2 } });
  expect(rig.network.attempt().template.input).toEqual({ a: 1, b: 2 });
});
