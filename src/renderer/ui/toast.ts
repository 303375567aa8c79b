import { toast } from 'svelte-sonner';

interface Undo {
  readonly label: string;
  readonly act: () => void;
}

/** For so long something can be taken back. */
export const UNDO_MS = 8000;

/** Says that something happened; where it is cheap, it can be taken back. */
export function tell(message: string, undo?: Undo): void {
  toast(
    message,
    undo ? { action: { label: undo.label, onClick: undo.act }, duration: UNDO_MS } : {},
  );
}

/** Says that something did not work; stays until it is closed. */
export function tellProblem(message: string): void {
  toast.error(message, { duration: 12_000 });
}
