import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { Deadlines } from '../../../../src/main/engine/consumer/http/deadlines.ts';
import { Lifetime, Stopped } from '../../../../src/main/engine/consumer/lifetime.ts';
import { LOOK_EVERY_MS, NetworkWatch } from '../../../../src/main/engine/consumer/network-watch.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const MINUTE = 60_000;

function setUp() {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const told: string[] = [];
  const network = { isUp: false };
  const watch = new NetworkWatch(
    clock,
    (online) => told.push(online ? 'online' : 'offline'),
    () => ({
      lo: [{ internal: true } as NetworkInterfaceInfo],
      ...(network.isUp ? { eth0: [{ internal: false } as NetworkInterfaceInfo] } : {}),
    }),
  );
  const newLife = () =>
    new Lifetime({
      clock,
      deadlines,
      timeoutMs: 60_000,
      onWaiting: (reason) => told.push(`waiting for ${reason}`),
      onGoing: () => told.push('going'),
    });
  return { clock, deadlines, told, network, watch, newLife };
}

it('holds a call until there is a network again, however long that takes, and tells it once', async () => {
  const { clock, told, network, watch, newLife } = setUp();
  expect(watch.isOffline({ code: 'unreachable', kind: 'transient', message: '' })).toBe(true);
  const life = newLife();
  const back = watch.back(life);
  const other = watch.back(newLife());
  await clock.advanceAsync(10 * MINUTE);
  expect(told).toEqual(['offline', 'waiting for network', 'waiting for network']);
  network.isUp = true;
  await clock.advanceAsync(LOOK_EVERY_MS);
  await Promise.all([back, other]);
  expect(told.slice(3).sort()).toEqual(['going', 'going', 'online']);
  expect(life.stopped).toBeNull();
});

it('looks at once when the machine says that something changed', async () => {
  const { told, network, watch, newLife } = setUp();
  const back = watch.back(newLife());
  network.isUp = true;
  watch.look();
  await back;
  expect(told).toEqual(['offline', 'online']);
});

it('lets go of a call that is cancelled while it waits', async () => {
  const { clock, deadlines, watch, newLife } = setUp();
  const life = newLife();
  const back = watch.back(life);
  await clock.advanceAsync(2000);
  life.stop('cancelled');
  await expect(back).rejects.toBeInstanceOf(Stopped);
  watch.stop();
  deadlines.stop();
  expect(clock.pendingTimers).toBe(0);
});
