import { say, type Sentence } from '../../../shared/sentences.ts';

const MIB = 1024 * 1024;

/** How full the database is, of what it may take. */
export interface Fullness {
  /** History is trimmed before its time. */
  readonly isTight: boolean;
  /** Nothing more is collected. */
  readonly isFull: boolean;
}

export const ROOMY: Fullness = { isTight: false, isFull: false };

/** Each begins at the first share and ends below the second, so that it does not flicker. */
const TIGHT = [0.8, 0.75] as const;
const FULL = [1, 0.97] as const;

export function judgeFullness(usedBytes: number, budgetBytes: number, before: Fullness): Fullness {
  const share = usedBytes / budgetBytes;
  const isTight = share >= TIGHT[before.isTight ? 1 : 0];
  const isFull = share >= FULL[before.isFull ? 1 : 0];
  return isTight === before.isTight && isFull === before.isFull ? before : { isTight, isFull };
}

/** For the log, when it begins. */
export function tightSentence(usedBytes: number, budgetBytes: number): string {
  return `The data takes ${mib(usedBytes)} of the ${mib(budgetBytes)} that it may. History is trimmed before its time, the oldest unremarkable runs first.`;
}

/** What happened and what the person can do. */
export function fullSentence(budgetBytes: number): Sentence {
  return say('storeFull', { budget: Math.round(budgetBytes / MIB) });
}

function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
