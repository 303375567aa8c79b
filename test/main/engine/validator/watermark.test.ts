import { describe, expect, it } from 'vitest';
import { compareMarks, Watermark } from '../../../../src/main/engine/validator/watermark.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';

type Format = 'iso' | 'epoch-s' | 'epoch-ms' | 'number' | 'text';

function greatest(format: Format, ...values: JsonValue[]): string | null {
  const mark = new Watermark({ name: 'at', steps: ['at'] }, format);
  for (const value of values) mark.offer({ at: value }, null);
  return mark.value;
}

describe('the watermark', () => {
  it.each<[Format, JsonValue[], string | null]>([
    ['iso', ['2026-01-02', '2026-01-01T23:59:59Z'], '2026-01-02'],
    ['iso', ['2026-01-01T12:00:00-03:00', '2026-01-01T14:00:00Z'], '2026-01-01T12:00:00-03:00'],
    [
      'iso',
      ['2026-01-01T00:00:00.0000001Z', '2026-01-01T00:00:00.0000002Z'],
      '2026-01-01T00:00:00.0000002Z',
    ],
    ['iso', ['2026-03-29 02:30:00', '2026-03-29 01:45:00'], '2026-03-29 02:30:00'],
    ['iso', ['31/12/2026', 'tomorrow', 5, null], null],
    ['epoch-s', [1_700_000_000, 1_800_000_000, 5], '1800000000'],
    ['epoch-ms', ['1700000000000', 1_600_000_000_000], '1700000000000'],
    ['number', [-1, -5, 1e21], '1000000000000000000000'],
    ['number', ['x', '', true], null],
    ['text', ['b', 'a', ''], 'b'],
    ['text', [7], '7'],
  ])('as %s of %j is %j', (format, values, expected) => {
    expect(greatest(format, ...values)).toBe(expected);
  });

  it('orders two marks in the same way', () => {
    expect(compareMarks('9', '10', 'number')).toBeLessThan(0);
    expect(compareMarks('9', '10', 'text')).toBeGreaterThan(0);
    expect(compareMarks('2026-01-01', '2026-01-01T00:00:00Z', 'iso')).not.toBe(0);
    expect(compareMarks('a', 'a', 'text')).toBe(0);
  });
});
