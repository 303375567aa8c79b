import { networkInterfaces } from 'node:os';
import type { RunError } from '../../../shared/run.ts';

const SECOND = 1000;

/** While there is no network at all, nothing is tried; whoever waits looks again this often... */
export const OFFLINE_LOOK_MS = 5 * SECOND;
/** ...and gives up after so many looks: the run's own retries take over. */
export const OFFLINE_LOOKS = 12;

const OFFLINE_CODES = new Set(['unreachable', 'dns-unavailable']);

/** Whether a call failed because this machine has no network, rather than because of the API. */
export function isOffline(error: RunError, interfaces = networkInterfaces): boolean {
  return OFFLINE_CODES.has(error.code) && !hasNetwork(interfaces);
}

function hasNetwork(interfaces: typeof networkInterfaces): boolean {
  return Object.values(interfaces()).some((addresses) =>
    addresses?.some(({ internal }) => !internal),
  );
}
