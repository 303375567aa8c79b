import { app } from 'electron';

/**
 * Ends the process at once. Electron's own exit first waits for every thread, for as long as it takes, and a thread
 * that is done has been seen never to end (Electron 33 under load); what was promised is an end within seconds.
 * Everything acknowledged is on disk by then, and Chromium's files hold nothing of ours.
 */
export function exitNow(code: number): void {
  app.releaseSingleInstanceLock();
  if (hasReallyExit(process)) process.reallyExit(code);
  app.exit(code);
}

/** Node's `process.exit` without the handlers, which Electron replaces; not in Node's types. */
function hasReallyExit(
  candidate: object,
): candidate is { readonly reallyExit: (code: number) => never } {
  return 'reallyExit' in candidate && typeof candidate.reallyExit === 'function';
}
