import { expect, it } from 'vitest';
import { PULSE_MS, StorePulse } from '../../../src/main/engine/store-pulse.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function setup() {
  const clock = new ManualClock();
  const owed: (() => void)[] = [];
  const query = () =>
    new Promise<never>((_resolve, reject) => owed.push(() => reject(new Error())));
  return { clock, owed, pulse: new StorePulse(clock, { query }) };
}

it('is the time of the last answer, asked for every ten seconds', async () => {
  const { clock, owed, pulse } = setup();
  pulse.start();
  expect(pulse.vitals).toEqual({ heardAt: null, silentMs: 0 });
  for (let n = 1; n <= 3; n++) {
    owed.shift()?.();
    await clock.advanceAsync(0);
    expect(pulse.vitals).toEqual({ heardAt: clock.now(), silentMs: 0 });
    await clock.advanceAsync(PULSE_MS);
    expect(owed).toHaveLength(1);
  }
  pulse.stop();
  expect(clock.pendingTimers).toBe(0);
});

it('says for how long the thread has not answered, and asks it once only', async () => {
  const { clock, owed, pulse } = setup();
  pulse.start();
  await clock.advanceAsync(5 * PULSE_MS);
  expect(pulse.vitals).toEqual({ heardAt: null, silentMs: 5 * PULSE_MS });
  expect(owed).toHaveLength(1);
  pulse.stop();
});
