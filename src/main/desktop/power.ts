import { powerMonitor, powerSaveBlocker } from 'electron';
import type { Blocker } from './stay-awake.ts';

export interface PowerOptions {
  /** The machine is back, or may be: look at the clock. */
  readonly wake: (hint: string) => void;
  /** The machine is about to sleep: put on disk what can be put there quickly. */
  readonly suspend: () => void;
  /** The machine shuts down: quit. */
  readonly shutdown: () => void;
}

/** Passes on what the system says about power. Hints only: nothing is wrong when they never come. */
export function watchPower({ wake, suspend, shutdown }: PowerOptions): void {
  powerMonitor.on('suspend', suspend);
  powerMonitor.on('resume', () => wake('resume'));
  powerMonitor.on('unlock-screen', () => wake('unlock-screen'));
  powerMonitor.on('shutdown', (event?: Electron.Event) => {
    // Without this the session ends at once; with it, it waits until we quit.
    event?.preventDefault();
    shutdown();
  });
}

/** Holds off the sleep that comes by itself. */
export const sleepBlocker: Blocker = {
  start: () => powerSaveBlocker.start('prevent-app-suspension'),
  stop: (id) => powerSaveBlocker.stop(id),
};
