import type { StoreState } from './state.ts';

const LOOK_EVERY_MS = 30 * 1000;
/** Little enough not to be felt, and time for others between. */
const PAGES_AT_ONCE = 512;
const BETWEEN_MS = 200;
/** Free pages that are left for the next rows. */
const SPARE_BYTES = 2 * 1024 * 1024;

/** Gives free pages back, a few at a time, for ever. Changes no row, so no transaction tells of it. */
export function shrinkNowAndThen(state: StoreState): void {
  state.timers.after('shrink', LOOK_EVERY_MS, () => shrink(state));
}

function shrink(state: StoreState): void {
  const { memory, health } = state;
  const hasSpare = memory && health.state === 'ok' && memory.freeBytes >= SPARE_BYTES;
  if (hasSpare) state.guarded(() => memory.shrink(PAGES_AT_ONCE));
  if (state.isClosing) return;
  if (hasSpare) state.timers.after('shrink', BETWEEN_MS, () => shrink(state));
  else shrinkNowAndThen(state);
}
