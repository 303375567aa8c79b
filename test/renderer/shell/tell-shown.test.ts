import { fireEvent, screen, within } from '@testing-library/svelte';
import { toast } from 'svelte-sonner';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

const PATH = '/home/ana/.config/Pontual/logs/pontual.txt';

beforeEach(() => {
  toast.dismiss(); // toasts outlive the window that told them
  document.body.replaceChildren();
});

async function openLog(desktopShows: 'itself' | 'folder' | 'nothing') {
  const bridge = await renderApp('#/runs/01K00000037', { runs: 40, desktopShows });
  await fireEvent.click(await screen.findByRole('button', { name: 'Open TXT log' }));
  return bridge;
}

describe('a log that no program opens', () => {
  it.each([
    ['folder', /its folder is shown/],
    ['nothing', /No program here could open it/],
  ] as const)('is named with its path, which can be copied (%s)', async (desktopShows, text) => {
    const bridge = await openLog(desktopShows);
    const toast = (await screen.findByText(text)).closest('li')!;
    expect(toast.textContent).toContain(PATH);
    await fireEvent.click(within(toast).getByRole('button', { name: 'Copy path' }));
    expect(bridge.calls).toContainEqual({ name: 'text.copy', input: { text: PATH } });
  });

  it('is not talked about when it was opened', async () => {
    await openLog('itself');
    expect(screen.queryByRole('button', { name: 'Copy path' })).toBeNull();
  });
});

it('a place that no file manager shows is named in the settings', async () => {
  await renderApp('#/settings', { runs: 1, desktopShows: 'nothing' });
  await fireEvent.click(
    await screen.findByRole('button', { name: 'Show Home in the file manager' }),
  );
  expect(await screen.findByText(/No program here could open it/)).toBeTruthy();
});
