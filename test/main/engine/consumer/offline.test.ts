import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { isOffline } from '../../../../src/main/engine/consumer/offline.ts';

const address = (internal: boolean) => [{ internal } as NetworkInterfaceInfo];
const none = () => ({ lo: address(true) });
const some = () => ({ lo: address(true), eth0: address(false) });
const failed = (code: string) => ({ code, kind: 'transient' as const, message: '' });

it('is so when nothing can be reached and there is no network', () => {
  for (const code of ['unreachable', 'dns-unavailable']) {
    expect(isOffline(failed(code), none)).toBe(true);
    expect(isOffline(failed(code), some)).toBe(false);
  }
});

it('is not so when the API itself failed', () => {
  for (const code of ['http-status', 'connection-refused', 'host-not-found', 'headers-timeout'])
    expect(isOffline(failed(code), none)).toBe(false);
});
