import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

it('the problem of a run comes with what can be done about it', async () => {
  const bridge = await renderApp('#/runs');
  const failed = bridge.engine.state.runs.find((run) => run.error?.kind === 'transient')!;
  window.location.hash = `#/runs/${failed.id}`;
  const actions = within(await screen.findByRole('group', { name: 'What you can do about it' }));

  await fireEvent.click(actions.getByRole('button', { name: 'Copy as cURL' }));
  await waitFor(() =>
    expect(bridge.calls).toContainEqual({
      name: 'text.copy',
      input: { text: expect.stringContaining('curl') as unknown },
    }),
  );
  await fireEvent.click(actions.getByRole('button', { name: 'Open TXT log' }));
  expect(bridge.calls).toContainEqual({ name: 'log.open', input: { runId: failed.id } });
  await fireEvent.click(actions.getByRole('button', { name: 'Run again' }));
  await waitFor(() => expect(bridge.inputsOf('runs.retry')).toEqual([{ id: failed.id }]));
});

it('a refusal leads to the integration, where it is mended', async () => {
  const bridge = await renderApp('#/runs');
  const failed = bridge.engine.state.runs.find((run) => run.error?.kind === 'config')!;
  window.location.hash = `#/runs/${failed.id}`;
  const actions = within(await screen.findByRole('group', { name: 'What you can do about it' }));
  expect(actions.getByRole('link', { name: 'Edit the integration' }).getAttribute('href')).toBe(
    `#/integrations/${failed.integrationId}`,
  );
});
