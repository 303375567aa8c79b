import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

const box = (name: string) => screen.getByRole('checkbox', { name: `Select ${name}` });

describe('jobs that are selected', () => {
  it('are acted on together, and the selection ends', async () => {
    const bridge = await renderApp('#/jobs');
    const [first, second] = [...bridge.engine.state.jobs.values()];
    await fireEvent.click(box(first!.name));
    await fireEvent.click(box(second!.name));
    expect(screen.getByText('2 jobs selected')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    await waitFor(() => expect(screen.queryByText('2 jobs selected')).toBeNull());
    const [asked] = bridge.inputsOf('jobs.bulk');
    expect(asked?.action).toBe('pause');
    expect(new Set(asked?.ids)).toEqual(new Set([first!.id, second!.id]));
  });

  it('are only those that the filter shows', async () => {
    const bridge = await renderApp('#/jobs');
    await fireEvent.click(screen.getByRole('button', { name: 'Select all' }));
    const count = bridge.engine.state.jobs.size;
    expect(screen.getByText(`${count} jobs selected`)).toBeTruthy();
    window.location.hash = '#/jobs?q=coins';
    await waitFor(() => expect(screen.getByText('1 job selected')).toBeTruthy());
  });
});
