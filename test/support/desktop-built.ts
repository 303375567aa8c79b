import { ensureDesktopBuilt } from '../../scripts/built.mjs';

/** Vitest global set-up: the window, the preload and the threads are run from built files. */
export default async function setup(): Promise<void> {
  await ensureDesktopBuilt();
}
