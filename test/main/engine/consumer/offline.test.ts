import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { hasNetwork, soundsOffline } from '../../../../src/main/engine/consumer/offline.ts';

const address = (internal: boolean) => [{ internal } as NetworkInterfaceInfo];
const failed = (code: string) => ({ code, kind: 'transient' as const, message: '' });

it('sounds so when nothing can be reached', () => {
  for (const code of ['unreachable', 'dns-unavailable'])
    expect(soundsOffline(failed(code))).toBe(true);
});

it('does not when the API itself failed', () => {
  for (const code of ['http-status', 'connection-refused', 'host-not-found', 'headers-timeout'])
    expect(soundsOffline(failed(code))).toBe(false);
});

it('is connected only by an address that others can reach', () => {
  expect(hasNetwork(() => ({ lo: address(true) }))).toBe(false);
  expect(hasNetwork(() => ({ lo: address(true), eth0: address(false) }))).toBe(true);
});
