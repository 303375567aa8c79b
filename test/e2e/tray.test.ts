import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchApp } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { registerEverySecond } from '../support/register.ts';
import { labelsOf, TrayHost } from '../support/tray-host.ts';

const PATIENTLY = { timeout: 15_000, interval: 100 };

async function setupTray() {
  const panel = await TrayHost.start();
  onTestFinished(() => panel.stop());
  const home = await temporaryFolder();
  return { panel, home };
}

const shown = (panel: TrayHost, words: RegExp) =>
  vi.waitFor(async () => {
    const view = await panel.read();
    expect(view.tooltip).toMatch(words);
    return view;
  }, PATIENTLY);

describe('the tray', () => {
  it('pauses and resumes collecting: paused, the API is not called; resumed, it is', async () => {
    const { panel, home } = await setupTray();
    const api = await startItemsApi([{ id: 1 }]);
    const running = await launchApp({ home });
    await registerEverySecond(running, api.url);
    await api.requested(1);

    await panel.click('Pause', 'Until I resume');
    const paused = await shown(panel, /Paused until you resume/);
    await expect.poll(async () => (await running.call('status', {})).running, PATIENTLY).toBe(0);
    const before = api.requests.length;
    await threeScheduledInstants();
    expect(api.requests.length).toBe(before);

    await panel.click('Resume');
    await api.requested(before + 2);
    const resumed = await shown(panel, /Idle|in progress/);
    expect(resumed.icon).not.toBe(paused.icon);
    expect(labelsOf(resumed.menu)).not.toContain('Resume');
  });

  it('says until when it is paused, and the pause survives a restart', async () => {
    const { panel, home } = await setupTray();
    const api = await startItemsApi([{ id: 1 }]);
    const first = await launchApp({ home });
    await registerEverySecond(first, api.url);
    await panel.click('Pause', 'For 1 hour');
    const before = await shown(panel, /Paused until .*\d{2}:\d{2}/);
    await panel.click('Quit');
    expect(await first.exited()).toBe(0);

    const calls = api.requests.length;
    const second = await launchApp({ home });
    const after = await shown(panel, /Paused until .*\d{2}:\d{2}/);
    expect(after.tooltip).toBe(before.tooltip);
    expect((await second.call('status', {})).state).toBe('paused');
    expect(api.requests.length).toBe(calls);
  });

  it('opens the window at the settings, and starts a job by hand', async () => {
    const { panel, home } = await setupTray();
    const api = await startItemsApi([{ id: 1 }]);
    const running = await launchApp({ home });
    await registerEverySecond(running, api.url, { kind: 'manual' });
    await shown(panel, /Idle/);

    await vi.waitFor(() => panel.click('Run now', 'Every second'), PATIENTLY);
    await api.requested(1);
    const { items } = await running.call('runs.list', {});
    expect(items.map(({ trigger }) => trigger)).toEqual(['manual']);

    await running.closeWindow();
    await expect.poll(running.isWindowVisible, PATIENTLY).toBe(false);
    await panel.click('Settings');
    await expect.poll(running.isWindowVisible, PATIENTLY).toBe(true);
    await expect.poll(() => running.page.url(), PATIENTLY).toMatch(/#\/settings$/);
  });
});

/** Long enough that a scheduler which is not paused would have fired three times. */
async function threeScheduledInstants(): Promise<void> {
  const until = Math.ceil(Date.now() / 1000) * 1000 + 3100;
  await vi.waitUntil(() => Date.now() >= until, { timeout: 10_000, interval: 50 });
}
