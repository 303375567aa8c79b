import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { renderApp } from '../../support/render-app.ts';

beforeEach(() => {
  document.body.replaceChildren();
});

/** Where no index answers, the store looks through records for some milliseconds and answers what it has found. */
describe('a list of which pages come short', () => {
  it('goes on by itself, and does not say that there is nothing before it has looked everywhere', async () => {
    const bridge = await renderApp('#/home');
    const { handlers, state } = bridge.engine;
    const [first, second] = state.records;
    const found = [[], [first!], [], [], [second!]];
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    Object.assign(handlers, {
      'records.list': async ({ cursor }) => {
        const page = Number(cursor ?? 0);
        if (page === 1) await held;
        const isLast = page === found.length - 1;
        return { items: found[page] ?? [], nextCursor: isLast ? null : String(page + 1) };
      },
    } satisfies Partial<ContractHandlers>);
    window.location.hash = '#/records?q=needle';
    await waitFor(() => expect(bridge.inputsOf('records.list').at(-1)?.cursor).toBe('1'));
    expect(screen.queryByText('No record matches these filters.')).toBeNull();
    release();
    await waitFor(() => expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('3'));
    expect(bridge.inputsOf('records.list').map(({ cursor }) => cursor ?? null)).toEqual(
      expect.arrayContaining(['1', '2', '3', '4']),
    );
  });

  it('says that there is nothing when it has looked everywhere', async () => {
    const bridge = await renderApp('#/home');
    Object.assign(bridge.engine.handlers, {
      'records.list': ({ cursor }) =>
        Promise.resolve({ items: [], nextCursor: cursor === undefined ? '1' : null }),
    } satisfies Partial<ContractHandlers>);
    window.location.hash = '#/records?q=needle';
    await screen.findByText('No record matches these filters.');
  });
});
