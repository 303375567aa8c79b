import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBytes } from '../../../../../src/main/engine/observe/log/line-bytes.ts';

function bytesOf(put: (to: LineBytes) => void): string {
  const bytes = new LineBytes();
  put(bytes);
  return bytes.take().toString();
}

describe('LineBytes', () => {
  it('hold text as UTF-8, whatever it is and however long', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        expect(bytesOf((to) => texts.forEach((each) => to.text(each)))).toBe(texts.join(''));
      }),
    );
  });

  it('write a number as JavaScript does', () => {
    const microseconds = fc.integer({ min: 0, max: 10_000_000 }).map((us) => us / 1000);
    const any = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), microseconds);
    fc.assert(
      fc.property(fc.array(any), (numbers) => {
        for (const number of numbers) expect(bytesOf((to) => to.number(number))).toBe(`${number}`);
      }),
    );
  });

  it.each([0, -0, 0.001, 0.01, 0.1, 20.3, 100.05, 2147483.647, 2147483.648, 1e21, 5e-324])(
    'write %d as JavaScript does',
    (number) => {
      expect(bytesOf((to) => to.number(number))).toBe(`${number}`);
    },
  );

  it('can take back the last of what was put', () => {
    const told = bytesOf((to) => {
      to.text('kept');
      const { length } = to;
      to.text('x'.repeat(10_000));
      to.cutTo(length);
      to.number(7);
    });
    expect(told).toBe('kept7');
  });

  it('give what was not written a place before what came since', () => {
    const bytes = new LineBytes();
    bytes.text('first ');
    const taken = bytes.take();
    bytes.text('second');
    bytes.putBack(taken);
    expect(bytes.take().toString()).toBe('first second');
  });
});
