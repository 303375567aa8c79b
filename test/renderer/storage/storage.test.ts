import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ContractHandlers } from '../../../src/shared/contract.ts';
import { renderApp, settled } from '../../support/render-app.ts';

const SLOW_MS = 30_000;

beforeEach(() => {
  document.body.replaceChildren();
});

describe('Settings > Storage', () => {
  it(
    'shows how full it is and what there is to fall back on',
    async () => {
      await renderApp('#/settings');
      expect(await screen.findByText(/of .* used/)).toBeTruthy();
      const bar = screen.getByRole('progressbar', { name: 'Space used of the budget' });
      expect(Number(bar.getAttribute('aria-valuenow'))).toBe(9_000_000 - 4096);
      const backups = within(screen.getByRole('list', { name: 'Backups' })).getAllByRole(
        'listitem',
      );
      expect(backups).toHaveLength(1);
      expect(backups[0]?.textContent).toContain('By hand');
    },
    SLOW_MS,
  );

  it(
    'restores a backup only after the word was typed',
    async () => {
      const bridge = await renderApp('#/settings');
      await fireEvent.click(await screen.findByRole('button', { name: /^Restore the backup of/ }));
      const dialog = within(await screen.findByRole('dialog'));
      const action = dialog.getByRole<HTMLButtonElement>('button', { name: 'Restore' });
      expect(action.disabled).toBe(true);
      await fireEvent.input(dialog.getByLabelText(/Type “restore”/), {
        target: { value: 'restore' },
      });
      expect(action.disabled).toBe(false);
      await fireEvent.click(action);
      await settled();
      expect(bridge.inputsOf('store.restore')).toEqual([
        { backup: 'pontual-2026-11-21T12-00-00.000Z-manual.db' },
      ]);
      expect(screen.queryByRole('dialog')).toBeNull();
    },
    SLOW_MS,
  );
});

describe('a damaged store', () => {
  it(
    'is said on every screen, and the person chooses how to go on',
    async () => {
      const bridge = await renderApp('#/jobs');
      const status = await bridge.engine.handlers.status({}, { via: 'gui' });
      const stateReason = 'The data is damaged: record 7 of journal-000002.log does not hold.';
      const at = new Date().toISOString();
      bridge.emit({
        name: 'status.changed',
        at,
        data: { status: { ...status, state: 'read-only', stateReason } },
      });
      await waitFor(() => expect(screen.getByText(/The stored data is damaged/)).toBeTruthy());
      await fireEvent.click(screen.getByRole('button', { name: 'Choose how to go on…' }));
      const dialog = within(await screen.findByRole('dialog'));
      await fireEvent.click(await dialog.findByLabelText('A backup'));
      await fireEvent.click(dialog.getByRole('button', { name: 'Go on' }));
      await settled();
      expect(bridge.inputsOf('store.recover')).toEqual([
        { choice: 'backup', backup: 'pontual-2026-11-21T12-00-00.000Z-manual.db' },
      ]);
    },
    SLOW_MS,
  );

  it.each([
    { has: 'a backup', backups: 1, text: /only a backup helps/, options: ['A backup'] },
    { has: 'no backup', backups: 0, text: /there is no backup/, options: [] },
  ])(
    'of which nothing can be read offers no more than what helps: $has',
    async ({ backups, text, options }) => {
      const bridge = await renderApp('#/jobs');
      const { handlers } = bridge.engine;
      const stored = await handlers['store.info']({}, { via: 'gui' });
      Object.assign(handlers, {
        'store.info': () =>
          Promise.resolve({
            ...stored,
            state: 'read-only' as const,
            databaseBytes: 0,
            backups: stored.backups.slice(0, backups),
          }),
      } satisfies Partial<ContractHandlers>);
      const status = await handlers.status({}, { via: 'gui' });
      const at = new Date().toISOString();
      const changed = { ...status, state: 'read-only', stateReason: 'Nothing reads.' } as const;
      bridge.emit({ name: 'status.changed', at, data: { status: changed } });
      await fireEvent.click(await screen.findByRole('button', { name: 'Choose how to go on…' }));
      const dialog = within(await screen.findByRole('dialog'));
      await dialog.findByText(text);
      const ways = dialog.queryByRole('group', { name: 'Go on with' });
      const shown = ways ? within(ways).getAllByRole('radio') : [];
      expect(shown.map((radio) => radio.closest('label')?.textContent.trim())).toEqual(options);
      const action = dialog.getByRole<HTMLButtonElement>('button', { name: 'Go on' });
      expect(action.disabled).toBe(backups === 0);
    },
    SLOW_MS,
  );
});
