import { memoryUsage } from 'node:process';
import { expect, it } from 'vitest';
import { release } from '../../../../src/main/engine/pool/release.ts';

it('gives the memory of a buffer back at once', () => {
  const megabytes = 64;
  const bytes = new Uint8Array(megabytes * 1024 * 1024).fill(1);
  const before = memoryUsage.rss();
  release(bytes);
  expect(bytes.byteLength).toBe(0);
  expect(before - memoryUsage.rss()).toBeGreaterThan((megabytes / 2) * 1024 * 1024);
});
