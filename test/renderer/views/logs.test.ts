import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

it("shows the program's log, newest first, by level, and opens its folder", async () => {
  const bridge = await renderApp('#/logs');
  const log = await screen.findByRole('region', { name: 'Logs' });
  expect(log.textContent).toMatch(/Disk is slow.*Pontual starts/s);
  await fireEvent.change(screen.getByRole('combobox', { name: 'Level' }), {
    target: { value: 'warn' },
  });
  await waitFor(() => expect(log.textContent).not.toContain('Pontual starts'));
  expect(log.textContent).toContain('Disk is slow');
  await fireEvent.click(screen.getByRole('button', { name: 'Open log folder' }));
  expect(bridge.calls).toContainEqual({ name: 'place.open', input: { place: 'logs' } });
});
