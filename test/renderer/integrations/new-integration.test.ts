import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

const address = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Address' });
const name = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' });

describe('a new integration', () => {
  it('waits for an address, and is named after it when it is tested', async () => {
    const bridge = await renderApp('#/integrations', { runs: 1 });
    window.location.hash = '#/integrations/new';
    const field = await screen.findByRole('textbox', { name: 'Address' });
    await waitFor(() => expect(document.activeElement).toBe(field));
    await fireEvent.input(address(), { target: { value: 'https://api.example.com/items?x=1' } });
    await fireEvent.click(screen.getAllByRole('button', { name: 'Test' })[0]!);
    await waitFor(() => expect(bridge.inputsOf('integrations.test')).toHaveLength(1));
    expect(name().value).toBe('api.example.com items');
  });

  it('is tested, not saved, by Enter in its address', async () => {
    const bridge = await renderApp('#/integrations/new', { runs: 1 });
    await fireEvent.input(address(), { target: { value: 'https://api.example.com/items' } });
    const isLeftAlone = await fireEvent.keyDown(address(), { key: 'Enter' });
    expect(isLeftAlone).toBe(false);
    await waitFor(() => expect(bridge.inputsOf('integrations.test')).toHaveLength(1));
    expect(bridge.inputsOf('integrations.create')).toEqual([]);
  });

  it('keeps the name that somebody gave it', async () => {
    const bridge = await renderApp('#/integrations/new', { runs: 1 });
    await fireEvent.input(name(), { target: { value: 'Prices' } });
    await fireEvent.input(address(), { target: { value: 'https://api.example.com/items' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save and make a job' }));
    await waitFor(() => expect(bridge.inputsOf('integrations.create')).toHaveLength(1));
    expect(bridge.inputsOf('integrations.create')[0]).toMatchObject({ name: 'Prices' });
  });

  it('leads to a job that is called like it', async () => {
    await renderApp('#/integrations/new', { runs: 1 });
    await fireEvent.input(address(), { target: { value: 'https://api.example.com/items' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save and make a job' }));
    await waitFor(() => expect(window.location.hash).toMatch(/^#\/jobs\/new/));
    await waitFor(() => expect(document.activeElement).toBe(name()));
    expect(name().value).toBe('api.example.com items');
  });
});

it('a new screen takes the focus over from what was pressed and is gone', async () => {
  await renderApp('#/integrations', { runs: 1 });
  const row = document.querySelector<HTMLElement>('[data-row="0"]')!;
  row.focus();
  window.location.hash = '#/integrations/coins';
  await waitFor(() => expect(document.activeElement).toBe(document.querySelector('main')));
});
