import type { networkInterfaces } from 'node:os';
import type { RunError } from '../../../shared/run.ts';

const OFFLINE_CODES = new Set(['unreachable', 'dns-unavailable']);

/** Whether a call failed as calls do where this machine has no network, rather than because of the API. */
export function soundsOffline({ code }: RunError): boolean {
  return OFFLINE_CODES.has(code);
}

/** Whether this machine is connected to anything but itself. */
export function hasNetwork(interfaces: typeof networkInterfaces): boolean {
  return Object.values(interfaces()).some((addresses) =>
    addresses?.some(({ internal }) => !internal),
  );
}
