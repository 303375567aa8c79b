import { screen } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '../../support/render-app.ts';

const SLOW_MS = 30_000;

beforeEach(() => {
  document.body.replaceChildren();
});

/** What stands beside a term. */
async function factOf(term: string): Promise<string> {
  return (
    (await screen.findByText(term, { selector: 'dt' })).nextElementSibling?.textContent.trim() ?? ''
  );
}

it(
  'shows the figures of the program at a glance in Settings',
  async () => {
    await renderApp('#/settings');
    expect(await factOf('Runs')).toBe('1,204 succeeded · 3 failed · 12 skipped');
    expect(await factOf('Start after the due instant')).toBe(
      '1.2 ms for half, 6.8 ms for 99 of 100',
    );
    expect(await factOf('Until it is on disk')).toBe('0.31 ms for half, 2.4 ms for 99 of 100');
    expect(await factOf('Delay of the main thread')).toBe('none yet');
    expect(await factOf('Now')).toBe('1 running, 0 waiting');
  },
  SLOW_MS,
);
