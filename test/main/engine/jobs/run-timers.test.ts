import { expect, it } from 'vitest';
import { RunTimers } from '../../../../src/main/engine/jobs/run-timers.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HOUR = 3_600_000;

function setup() {
  const clock = new ManualClock();
  const due: string[] = [];
  const timers = new RunTimers<string>(clock, (item) => void due.push(item));
  const inMs = (ms: number) => ({ wall: clock.now() + ms, monotonic: clock.monotonic() + ms });
  return { clock, due, timers, inMs };
}

it('wakes each item once, at its time', () => {
  const { clock, due, timers, inMs } = setup();
  timers.set('b', inMs(2000));
  timers.set('a', inMs(1000));
  clock.advance(999);
  expect(due).toEqual([]);
  clock.advance(10_000);
  expect(due).toEqual(['a', 'b']);
  expect(timers.size).toBe(0);
});

it('never sleeps longer than 30 s at a stretch, and wakes at the right time all the same', () => {
  const { clock, due, timers, inMs } = setup();
  timers.set('far', inMs(60 * 24 * HOUR));
  clock.advance(60 * 24 * HOUR - 1);
  expect(due).toEqual([]);
  clock.advance(1);
  expect(due).toEqual(['far']);
});

it('a delay ends by whichever clock says so first', () => {
  const { clock, due, timers, inMs } = setup();
  timers.set('set back', inMs(60_000));
  clock.jump(-HOUR);
  clock.advance(60_000);
  timers.set('slept', inMs(HOUR));
  clock.jump(HOUR);
  clock.advance(30_000);
  expect(due).toEqual(['set back', 'slept']);
});

it('a date ends by the wall clock alone', () => {
  const { clock, due, timers } = setup();
  timers.set('dated', { wall: clock.now() + 60_000, monotonic: null });
  clock.jump(-HOUR);
  clock.advance(HOUR);
  expect(due).toEqual([]);
  clock.advance(60_000);
  expect(due).toEqual(['dated']);
});

it('what is cancelled, or set anew, does not come at its old time', () => {
  const { clock, due, timers, inMs } = setup();
  timers.set('a', inMs(1000));
  timers.set('b', inMs(1000));
  timers.cancel('a');
  timers.set('b', inMs(5000));
  clock.advance(4000);
  expect(due).toEqual([]);
  timers.clear();
  clock.advance(4000);
  expect(due).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});
