import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UNDO_MS } from '../../../src/renderer/ui/toast.ts';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

describe('the quarantine', () => {
  it('counts what was refused by field, and filters by it', async () => {
    const bridge = await renderApp('#/quarantine');
    const fields = await screen.findByRole('group', { name: 'Refused by field' });
    const [first] = within(fields).getAllByRole('button');
    const name = first?.textContent.trim().split(' · ')[0] ?? '';
    await fireEvent.click(first!);
    await waitFor(() =>
      expect(bridge.inputsOf('quarantine.list').at(-1)).toMatchObject({ field: name }),
    );
  });

  it('replays one refused record and shows the rest', async () => {
    const bridge = await renderApp('#/quarantine');
    const before = bridge.engine.state.quarantine.length;
    const [item] = bridge.engine.state.quarantine;
    await fireEvent.click((await screen.findAllByRole('button', { name: /^Show .* of / }))[0]!);
    await fireEvent.click(await screen.findByRole('button', { name: 'Replay' }));
    await waitFor(() =>
      expect(bridge.inputsOf('quarantine.replay')).toEqual([
        { integrationId: item?.integrationId, ids: [item?.id] },
      ]),
    );
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Replay' })).toBeNull());
    expect(bridge.engine.state.quarantine).toHaveLength(before - 1);
    expect(bridge.inputsOf('quarantine.list').length).toBeGreaterThan(1);
  });

  it('replays all of an integration', async () => {
    const bridge = await renderApp('#/quarantine');
    const [item] = bridge.engine.state.quarantine;
    window.location.hash = `#/quarantine?integration=${item?.integrationId ?? ''}`;
    await fireEvent.click(await screen.findByRole('button', { name: 'Replay all' }));
    await waitFor(() =>
      expect(bridge.inputsOf('quarantine.replay')).toEqual([
        { integrationId: item?.integrationId, ids: [] },
      ]),
    );
  });

  it('discards one when it was not taken back in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    const bridge = await renderApp('#/quarantine');
    const discardFirst = async () => {
      await fireEvent.click((await screen.findAllByRole('button', { name: /^Show .* of / }))[0]!);
      await fireEvent.click(await screen.findByRole('button', { name: 'Discard' }));
    };
    const count = () => Number(screen.getByRole('table').getAttribute('aria-rowcount'));
    await screen.findAllByRole('button', { name: /^Show .* of / });
    const before = count();

    await discardFirst();
    await waitFor(() => expect(count()).toBe(before - 1));
    await fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(count()).toBe(before));
    await vi.advanceTimersByTimeAsync(2 * UNDO_MS);
    expect(bridge.inputsOf('quarantine.delete')).toEqual([]);

    await discardFirst();
    expect(bridge.inputsOf('quarantine.delete')).toEqual([]);
    await vi.advanceTimersByTimeAsync(UNDO_MS);
    await waitFor(() => expect(bridge.inputsOf('quarantine.delete')).toHaveLength(1));
    expect(count()).toBe(before - 1);
  });
});
