/**
 * Puts the focus on what a person came for, named by `data-first-focus`: of something that cannot be undone, the button
 * that does nothing. False when nothing is named.
 */
export function focusFirst(within: ParentNode = document): boolean {
  const wanted = within.querySelector<HTMLElement>('[data-first-focus]');
  wanted?.focus({ preventScroll: true });
  return wanted !== null;
}
