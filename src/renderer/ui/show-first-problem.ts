import { tick } from 'svelte';

/** Brings the first refused field into view, opening what it is folded into, and puts the cursor there. */
export async function showFirstProblem(): Promise<void> {
  await tick();
  const field = document.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (field === null) return;
  for (let part: Element | null = field; part !== null; part = part.parentElement) {
    if (part instanceof HTMLDetailsElement) part.open = true;
  }
  field.focus();
  field.scrollIntoView({ block: 'center' });
}
