import { expect, it } from 'vitest';
import { StayAwake } from '../../../src/main/desktop/stay-awake.ts';

it('holds the machine awake from the first active run to the end of the last, once', () => {
  const held = new Set<number>();
  let last = 0;
  const awake = new StayAwake({
    start: () => {
      held.add(++last);
      return last;
    },
    stop: (id) => void held.delete(id),
  });
  awake.active(0);
  expect(held.size).toBe(0);
  awake.active(1);
  awake.active(5);
  expect([...held]).toEqual([1]);
  awake.active(0);
  expect(held.size).toBe(0);
  awake.active(2);
  awake.stop();
  awake.stop();
  expect([held.size, last]).toEqual([0, 2]);
});
