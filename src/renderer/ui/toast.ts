import { toast } from 'svelte-sonner';

/** What can be done about it, with one press. */
interface Offer {
  readonly label: string;
  readonly act: () => void;
}

/** For so long something can be taken back. */
export const UNDO_MS = 8000;

/** Says that something happened; where it is cheap, it can be taken back. */
export function tell(message: string, undo?: Offer): void {
  toast(message, { ...actionOf(undo), ...(undo ? { duration: UNDO_MS } : {}) });
}

/** So long stays what a person has to read, and may have to copy. */
const PROBLEM_MS = 12_000;

/** Says that something did not work; what helps now can be done at once. */
export function tellProblem(message: string, remedy?: Offer): void {
  toast.error(message, { ...actionOf(remedy), duration: PROBLEM_MS });
}

function actionOf(offer: Offer | undefined) {
  return offer ? { action: { label: offer.label, onClick: offer.act } } : {};
}
