import type { CommandInput } from '../../src/shared/contract.ts';
import type { RunningApp } from './electron-app.ts';

type Schedule = NonNullable<CommandInput<'jobs.create'>['schedule']>;

const everySecond: Schedule = { kind: 'cron', expression: '* * * * * *', timeZone: 'UTC' };

/** Registers an API and a job that collects it, through the window's own bridge. */
export async function registerEverySecond(
  { call }: Pick<RunningApp, 'call'>,
  url: string,
  schedule: Schedule = everySecond,
): Promise<void> {
  await call('integrations.create', {
    id: 'items',
    name: 'Items',
    request: { url },
    records: { path: '$.items[*]' },
    key: ['id'],
  });
  await call('jobs.create', {
    id: 'every-second',
    name: 'Every second',
    integrationId: 'items',
    schedule,
  });
}
