import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp, settled } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

describe('a button that works', () => {
  it('keeps the focus, and a second press does nothing', async () => {
    const bridge = await renderApp('#/settings', { runs: 1 });
    const button = screen.getByRole('button', { name: 'Write the database file now' });
    button.focus();
    const first = fireEvent.click(button);
    await waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('true'));
    await fireEvent.click(button);
    expect(document.activeElement).toBe(button);
    await first;
    await settled();
    expect(button.getAttribute('aria-disabled')).toBeNull();
    expect(bridge.inputsOf('store.checkpoint')).toHaveLength(1);
    expect(document.activeElement).toBe(button);
  });
});
