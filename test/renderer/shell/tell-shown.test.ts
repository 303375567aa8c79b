import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp, settled } from '../../support/render-app.ts';

const PATH = '/home/ana/.config/Pontual/logs/pontual.txt';

beforeEach(() => {
  document.body.replaceChildren();
});

/** Toasts outlive the window that told them, so what is told is what has come since. */
async function openLog(desktopShows: 'itself' | 'folder' | 'nothing') {
  const bridge = await renderApp('#/runs/01K00000037', { runs: 40, desktopShows });
  const before = copyButtons().length;
  await fireEvent.click(await screen.findByRole('button', { name: 'Open TXT log' }));
  await settled();
  return { bridge, told: copyButtons().length - before };
}

const copyButtons = () => screen.queryAllByRole('button', { name: 'Copy path' });

describe('a log that no program opens', () => {
  it.each([
    ['folder', /its folder is shown/],
    ['nothing', /No program here could open it/],
  ] as const)('is named with its path, which can be copied (%s)', async (desktopShows, text) => {
    const { bridge, told } = await openLog(desktopShows);
    expect(told).toBe(1);
    const toast = screen.getByText(text).closest('li')!;
    expect(toast.textContent).toContain(PATH);
    await fireEvent.click(within(toast).getByRole('button', { name: 'Copy path' }));
    expect(bridge.calls).toContainEqual({ name: 'text.copy', input: { text: PATH } });
  });

  it('is not talked about when it was opened', async () => {
    const { bridge, told } = await openLog('itself');
    expect(bridge.calls).toContainEqual({ name: 'log.open', input: { runId: '01K00000037' } });
    expect(told).toBe(0);
  });
});

it('a place that no file manager shows is named in the settings', async () => {
  await renderApp('#/settings', { runs: 1, desktopShows: 'nothing' });
  const before = copyButtons().length;
  const open = await screen.findByRole('button', { name: 'Show Home in the file manager' });
  await fireEvent.click(open);
  await waitFor(() => expect(copyButtons()).toHaveLength(before + 1));
});
