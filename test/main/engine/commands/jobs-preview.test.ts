import { expect, it } from 'vitest';
import type { Caller } from '../../../../src/shared/command.ts';
import { contract, type CommandInput } from '../../../../src/shared/contract.ts';
import { jobCommands, type JobCommandDeps } from '../../../../src/main/engine/commands/jobs.ts';
import { startPlanned } from '../../../support/planned-rig.ts';

const gui: Caller = { via: 'gui' };
const unused = () => {
  throw new Error('Not asked for here.');
};

/** What the preview is made from. */
async function setup() {
  const rig = await startPlanned();
  const asked: Parameters<JobCommandDeps['preview']>[1][] = [];
  const commands = jobCommands({
    ...rig,
    learnPast: unused,
    toJob: rig.view,
    checkSchedule: () => undefined,
    preview: (_schedule, options) => {
      asked.push(options);
      return { instants: [], dst: [], description: '', warnings: [] };
    },
    previewJob: unused,
  });
  const preview = (input: Omit<CommandInput<'schedules.preview'>, 'schedule'>) => {
    const schedule = { kind: 'fixed-rate', everyMs: 1000 } as const;
    const parsed = contract['schedules.preview'].input.parse({ schedule, ...input });
    return commands['schedules.preview'](parsed, gui);
  };
  return { ...rig, asked, preview };
}

it('the preview of a schedule alone knows no job', async () => {
  const { preview, asked, clock } = await setup();
  await preview({});
  expect(asked).toEqual([{ count: 5, from: clock.now(), locale: 'en' }]);
});

it('the preview for a job that exists knows when it was made, that for another one does not', async () => {
  const { preview, asked, addJob, pass } = await setup();
  const job = await addJob({ id: 'known' });
  await pass(5000);
  for (const id of ['known', 'ghost', null]) await preview({ job: { id } });
  const createdMs = Date.parse(job.definition.createdAt);
  const plain = { startAt: null, endAt: null, jitterMs: 0, blackouts: [] };
  expect(asked.map((options) => options.job)).toEqual([
    { id: 'known', createdMs, ...plain },
    { id: 'ghost', createdMs: null, ...plain },
    { id: null, createdMs: null, ...plain },
  ]);
});
