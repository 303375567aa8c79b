import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nodeScheduleAlarm } from '../../../../src/main/engine/scheduler/alarm.ts';
import { systemClock } from '../../../../src/main/engine/clock.ts';

const START = Date.UTC(2026, 2, 1, 12);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

it('wakes once at the instant', async () => {
  const wake = vi.fn();
  nodeScheduleAlarm(systemClock)(START + 10_000, wake);
  await vi.advanceTimersByTimeAsync(9999);
  expect(wake).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(wake).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(wake).toHaveBeenCalledOnce();
});

it('wakes a second late at most when the clock was set back meanwhile', async () => {
  const wake = vi.fn();
  nodeScheduleAlarm(systemClock)(START + 10_000, wake);
  vi.setSystemTime(START - 7_200_000);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(wake).toHaveBeenCalledOnce();
});

it('wakes at once for an instant that is over, and never when it was cancelled', async () => {
  const past = vi.fn();
  const cancelled = vi.fn();
  const alarm = nodeScheduleAlarm(systemClock);
  alarm(START - 1, past);
  alarm(START + 1000, cancelled).cancel();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(past).toHaveBeenCalledOnce();
  expect(cancelled).not.toHaveBeenCalled();
});
