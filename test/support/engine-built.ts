import { ensureEngineBuilt } from '../../scripts/built.mjs';

/** Vitest global set-up: threads are started from built files, so these must not be stale. */
export default async function setup(): Promise<void> {
  try {
    await ensureEngineBuilt();
  } catch (error) {
    // eslint-disable-next-line no-console -- a global set-up has no other voice
    console.error('The engine was not built; tests that start threads will fail.', error);
  }
}
