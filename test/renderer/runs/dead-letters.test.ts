import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { PontualError } from '../../../src/shared/errors.ts';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

const rows = () => within(screen.getByRole('table')).getAllByRole('row').slice(1);

describe('unresolved failures', () => {
  it('are retried and dismissed one by one, and leave the list', async () => {
    const bridge = await renderApp('#/dead-letters', { runs: 60 });
    const letters = bridge.engine.state.runs.filter((run) => run.outcome === 'failed');
    expect(letters.length).toBeGreaterThan(2);
    expect(rows()).toHaveLength(letters.length);

    await fireEvent.click(within(rows()[0]!).getByRole('button', { name: /^Run again/ }));
    await waitFor(() => expect(rows()).toHaveLength(letters.length - 1));
    expect(bridge.inputsOf('dead-letters.retry')).toEqual([{ ids: [letters[0]!.id] }]);

    await fireEvent.click(within(rows()[0]!).getByRole('button', { name: /^Dismiss/ }));
    await waitFor(() => expect(rows()).toHaveLength(letters.length - 2));
    expect(bridge.inputsOf('dead-letters.dismiss')).toEqual([{ runId: letters[1]!.id }]);
  });

  it('are retried all at once', async () => {
    const bridge = await renderApp('#/dead-letters', { runs: 60 });
    const ids = bridge.engine.state.runs.filter((run) => run.outcome === 'failed').map((r) => r.id);
    await fireEvent.click(screen.getByRole('button', { name: `Retry ${ids.length} runs` }));
    await screen.findByText(/No dead letters/);
    expect(bridge.inputsOf('dead-letters.retry')).toEqual([{ ids }]);
  });

  it('stay when a retry is refused, and the reason is told', async () => {
    const bridge = await renderApp('#/dead-letters', { runs: 60 });
    const before = rows().length;
    bridge.refuse('dead-letters.retry', new PontualError('degraded', 'The disk is full.'));
    await fireEvent.click(within(rows()[0]!).getByRole('button', { name: /^Run again/ }));
    await screen.findByText('The disk is full.');
    expect(rows()).toHaveLength(before);
  });
});
