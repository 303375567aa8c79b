import { screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AppState } from '../../../src/shared/status.ts';
import { renderApp, settled } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

/** Home once the program is in a state in which it tells no next run. */
async function homeWhile(state: AppState): Promise<void> {
  const bridge = await renderApp('#/', { runs: 5 });
  for (const job of bridge.engine.state.jobs.values())
    bridge.engine.state.jobs.set(job.id, { ...job, state: 'disabled' });
  bridge.engine.state.status = { ...bridge.engine.state.status, state };
  const at = new Date().toISOString();
  const status = await bridge.engine.handlers.status({}, { via: 'gui' });
  bridge.emit({ name: 'status.changed', at, data: { status } });
  await settled();
}

function nextRun(): string {
  return screen.getByText('Next run').closest('a')!.textContent;
}

it('is nothing while nothing starts, whatever was told before', async () => {
  const bridge = await renderApp('#/', { runs: 5 });
  expect(nextRun()).toMatch(/in \d+ seconds/);
  const at = new Date().toISOString();
  const status = await bridge.engine.handlers.status({}, { via: 'gui' });
  bridge.emit({ name: 'status.changed', at, data: { status: { ...status, state: 'degraded' } } });
  await waitFor(() => expect(nextRun()).toMatch(/Degraded$/));
});

describe('what comes next', () => {
  it.each([
    ['running', /–$/, 'No schedule is due.'],
    ['paused', /Paused$/, 'All schedules are paused.'],
    ['degraded', /Degraded$/, 'No run starts until data can be saved again.'],
    ['read-only', /Read-only$/, 'No run starts until you choose how to go on.'],
  ] as const)('says why nothing does while %s', async (state, fact, sentence) => {
    await homeWhile(state);
    expect(await screen.findByText(sentence)).toBeTruthy();
    expect(nextRun()).toMatch(fact);
    expect(within(document.body).queryByText(/^now$/)).toBeNull();
  });
});
