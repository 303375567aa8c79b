import { describe, expect, it } from 'vitest';
import { splitDuration, UNIT_MS } from '../../../src/renderer/ui/duration.ts';

describe('splitDuration', () => {
  it.each([
    [0, 0, 's'],
    [100, 100, 'ms'],
    [90_000, 90, 's'],
    [300_000, 5, 'min'],
    [86_400_000, 1, 'd'],
    [129_600_000, 36, 'h'],
  ] as const)('%i ms is %i %s', (ms, amount, unit) => {
    expect(splitDuration(ms)).toEqual({ amount, unit });
  });

  it('loses nothing', () => {
    for (let ms = 0; ms < 5_000_000; ms += 777) {
      const { amount, unit } = splitDuration(ms);
      expect(amount * UNIT_MS[unit]).toBe(ms);
    }
  });
});
