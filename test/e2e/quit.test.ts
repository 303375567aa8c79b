import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { TrayHost } from '../support/tray-host.ts';

const items = Array.from({ length: 250 }, (_, index) => ({
  id: index + 1,
  name: `Item ${index + 1}`,
}));

/** Another SQLite than ours. */
const countRecords = (home: string) =>
  Number(
    execFileSync('sqlite3', [join(home, 'pontual.db'), 'select count(*) from records']).toString(),
  );

async function collectOnce() {
  const home = await temporaryFolder();
  const api = await startItemsApi(items, items.length);
  const running = await launchApp({ home });
  await registerEverySecond(running, api.url, { kind: 'manual' });
  const { runIds } = await running.call('jobs.run', { id: 'every-second' });
  return { home, running, runId: runIds[0]! };
}

describe('quitting', () => {
  it('from the tray exits with 0, and the sqlite3 program reads what the window showed', async () => {
    const panel = await TrayHost.start();
    onTestFinished(() => panel.stop());
    const { home, running, runId } = await collectOnce();
    await expect.poll(() => outcomeOf(running, runId), { timeout: 20_000 }).toBe('succeeded');
    const shown = async () => (await running.call('status', {})).store.records;
    await expect.poll(shown, { timeout: 10_000 }).toBe(items.length);

    await panel.click('Quit');
    expect(await running.exited()).toBe(0);
    expect(countRecords(home)).toBe(items.length);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'by %s exits with 0 within five seconds',
    async (signal) => {
      const { home, running, runId } = await collectOnce();
      await expect.poll(() => outcomeOf(running, runId), { timeout: 20_000 }).toBe('succeeded');
      const started = performance.now();
      running.app.process().kill(signal);
      expect(await running.exited()).toBe(0);
      expect(performance.now() - started).toBeLessThan(6000);
      expect(countRecords(home)).toBe(items.length);
    },
  );
});

type Running = Awaited<ReturnType<typeof launchApp>>;

async function outcomeOf(running: Running, id: string): Promise<string | null> {
  return (await running.call('runs.get', { id })).outcome;
}
