import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { constants, getPriority, setPriority } from 'node:os';

/** A third of the share of processor time that a thread of the usual priority gets, when both want some. */
const LOWER_BY = 5;

/**
 * Lets the other threads of the process go first where processors are scarce, which is when many jobs are due at once:
 * a request that is late is late for ever, what is written down is only told a little later.
 *
 * On Linux each thread has a priority of its own (setpriority(2), "C library/kernel differences"), and the threads that
 * this one starts have the same. Elsewhere nothing happens, as where the system does not allow it.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    const priority = Math.min(getPriority(thread) + LOWER_BY, constants.priority.PRIORITY_LOW);
    setPriority(thread, priority);
  } catch {
    // It is a favour, no promise.
  }
}
