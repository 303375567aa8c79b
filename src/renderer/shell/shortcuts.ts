import { tinykeys, type KeyBindingMap } from 'tinykeys';
import type { App } from '../state/app.svelte.ts';
import { links } from '../state/links.ts';

/** Letters that lead to screens, after `g`. */
export const SCREEN_KEYS = {
  h: 'home',
  i: 'integrations',
  j: 'jobs',
  r: 'runs',
  d: 'records',
  q: 'quarantine',
  l: 'logs',
  s: 'settings',
} as const;

/** Listens for the shortcuts of the whole window; letters mean nothing while somebody writes. */
export function listenForShortcuts(app: App): () => void {
  const unlessWriting = (act: () => void) => (event: KeyboardEvent) => {
    if (isWriting(event.target) || document.querySelector('[role="dialog"]')) return;
    event.preventDefault();
    act();
  };
  const screens = Object.entries(SCREEN_KEYS).map(
    ([key, screen]) => [`g ${key}`, unlessWriting(() => app.router.go(links[screen]()))] as const,
  );
  const bindings: KeyBindingMap = {
    '$mod+k': (event) => {
      event.preventDefault();
      app.isPaletteOpen = !app.isPaletteOpen;
    },
    '/': unlessWriting(focusFilter),
    'Shift+?': unlessWriting(() => (app.isShortcutsOpen = true)),
    ...Object.fromEntries(screens),
  };
  return tinykeys(window, bindings);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable="true"]') !== null
  );
}

function focusFilter(): void {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]');
  filter?.focus();
  filter?.select();
}
