import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WakeHeap } from '../../../../src/main/engine/scheduler/wake-heap.ts';

interface Item {
  readonly name: number;
}

describe('the wake heap', () => {
  it('gives items in the order of their latest times, each once, whatever was said before', () => {
    const steps = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 9 }),
        fc.option(fc.integer({ min: 0, max: 50 }), { nil: null }),
      ),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 50 }), (changes, now) => {
        const heap = new WakeHeap<Item>();
        const items = Array.from({ length: 10 }, (_, name): Item => ({ name }));
        const model = new Map<Item, number>();
        for (const [index, at] of changes) {
          const item = items[index]!;
          heap.set(item, at);
          if (at === null) model.delete(item);
          else model.set(item, at);
        }
        const taken: number[] = [];
        for (let item = heap.takeDue(now); item; item = heap.takeDue(now)) {
          taken.push(model.get(item) ?? NaN);
          model.delete(item);
        }
        expect(taken).toEqual([...taken].sort((a, b) => a - b));
        expect(taken.every((at) => at <= now)).toBe(true);
        expect([...model.values()].every((at) => at > now)).toBe(true);
        expect(heap.peek()?.at ?? Infinity).toBe(Math.min(...model.values()));
      }),
    );
  });

  it('does not grow when the same item is put in again and again', () => {
    const heap = new WakeHeap<Item>();
    const item = { name: 1 };
    for (let at = 1_000_000; at > 0; at--) heap.set(item, at);
    expect(heap.takeDue(1)).toBe(item);
    expect(heap.takeDue(2_000_000)).toBeUndefined();
    expect(heap.size).toBeLessThan(2000);
  });
});
