import { describe, expect, it, onTestFinished } from 'vitest';
import { launchApp, startAgain } from '../support/electron-app.ts';
import { startItemsApi } from '../support/items-api.ts';
import { registerEverySecond } from '../support/register.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { TrayHost } from '../support/tray-host.ts';

const PATIENTLY = { timeout: 15_000, interval: 100 };

describe('the window', () => {
  it('may be closed: scheduled runs still happen, and a second start shows it again', async () => {
    const panel = await TrayHost.start();
    onTestFinished(() => panel.stop());
    const home = await temporaryFolder();
    const api = await startItemsApi([{ id: 1 }]);
    const running = await launchApp({ home });
    await registerEverySecond(running, api.url);

    await running.closeWindow();
    await expect.poll(running.isWindowVisible, PATIENTLY).toBe(false);
    await api.requested(api.requests.length + 2);

    expect(await startAgain({ home })).toBe(0);
    await expect.poll(running.isWindowVisible, PATIENTLY).toBe(true);
  });

  it('asks before it closes where no tray would lead back to it', async () => {
    const running = await launchApp({ home: await temporaryFolder() });
    await answerDialogs(running.app, 0);
    await running.closeWindow();
    await expect.poll(() => askedDialogs(running.app), PATIENTLY).toHaveLength(1);
    const [asked] = await askedDialogs(running.app);
    expect(asked).toMatchObject({
      message: 'This desktop shows no tray.',
      buttons: ['Minimize and keep running', 'Quit', 'Cancel'],
    });
  });
});

type App = Awaited<ReturnType<typeof launchApp>>['app'];
interface Asked {
  readonly message: string;
  readonly buttons?: string[];
}

/** Native dialogs cannot be clicked from outside: the test answers in their place. */
function answerDialogs(app: App, response: number): Promise<void> {
  return app.evaluate(({ dialog }, response) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = (options: unknown) => {
      asked.push(options);
      return Promise.resolve({ response, checkboxChecked: false });
    };
  }, response);
}

function askedDialogs(app: App): Promise<Asked[]> {
  return app.evaluate(() => (globalThis as unknown as { asked: Asked[] }).asked);
}
