import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

it('how much runs at once is chosen by a name, and the one in force cannot be chosen again', async () => {
  const bridge = await renderApp('#/settings', { runs: 10 });
  const presets = within(await screen.findByRole('group', { name: 'Presets' }));
  expect(presets.getByRole<HTMLButtonElement>('button', { name: 'Usual: 64' }).disabled).toBe(true);
  await fireEvent.click(presets.getByRole('button', { name: 'Gentle: 5' }));
  await waitFor(() =>
    expect(bridge.inputsOf('settings.patch')).toEqual([
      { concurrency: { runs: 5 }, queue: { maxWaiting: 1000 } },
    ]),
  );
  await waitFor(() =>
    expect(presets.getByRole<HTMLButtonElement>('button', { name: 'Gentle: 5' }).disabled).toBe(
      true,
    ),
  );
});
