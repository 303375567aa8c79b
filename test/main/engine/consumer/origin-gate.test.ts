import { describe, expect, it } from 'vitest';
import { OriginGate, type Entry } from '../../../../src/main/engine/consumer/origin-gate.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const NAME = 'https://api.example.com';

function setUp() {
  const clock = new ManualClock();
  const told: string[] = [];
  const gate = new OriginGate(clock, (level, message) => told.push(`${level} ${message}`));
  const origin = gate.origin(NAME);
  const entered: string[] = [];
  const wait = (who: string) => {
    const waiting = origin.wait();
    void waiting.entry.then((entry: Entry) => entered.push(`${who} ${entry.kind}`));
    return waiting;
  };
  const fail = (times: number) => {
    for (let count = 0; count < times; count++) {
      expect(origin.tryEnter()?.kind).toBe('entered');
      origin.leave('failed', 'it failed');
    }
  };
  return { clock, gate, origin, entered, wait, told, fail };
}

describe('the door of an origin', () => {
  it('is one for all who name it', () => {
    const { gate, origin } = setUp();
    expect(gate.origin(NAME)).toBe(origin);
  });

  it('lets in as many at once as the strictest declaration says, the others in line', async () => {
    const { clock, origin, entered, wait } = setUp();
    origin.declare(1, { rateLimit: null, concurrency: 8 });
    origin.declare(2, { rateLimit: null, concurrency: 1 });
    expect(origin.tryEnter()).not.toBeNull();
    expect(origin.tryEnter()).toBeNull();
    wait('a');
    const b = wait('b');
    wait('c');
    b.giveUp();
    origin.leave('alive');
    await clock.advanceAsync(0);
    expect(entered).toEqual(['a entered']);
    // Nobody overtakes the line.
    expect(origin.tryEnter()).toBeNull();
    origin.leave('alive');
    await clock.advanceAsync(0);
    expect(entered).toEqual(['a entered', 'c entered']);
    origin.withdraw(2);
    expect(origin.tryEnter()).not.toBeNull();
  });

  it('does not take limits from one who has withdrawn, whose last read goes on', () => {
    const { gate, origin } = setUp();
    const strict = { rateLimit: null, concurrency: 1 };
    gate.declare(NAME, 1, strict);
    gate.declare(NAME, 2, { rateLimit: null, concurrency: 2 });
    expect([origin.tryEnter(), origin.tryEnter()].map((entry) => entry !== null)).toEqual([
      true,
      false,
    ]);
    gate.withdraw(1);
    gate.declare(NAME, 1, strict);
    expect(origin.tryEnter()).not.toBeNull();
  });

  it('opens for the line although timers fire a moment early', async () => {
    /** A real one: rounds timers, and goes on between two lines of code. */
    class RoughClock extends ManualClock {
      #passed = 0;
      override monotonic(): number {
        return super.monotonic() + (this.#passed += 0.125);
      }
      override setTimer(delayMs: number, callback: () => void) {
        return super.setTimer(delayMs - 1, callback);
      }
    }
    for (let holdMs = 100; holdMs < 104; holdMs += 0.0625) {
      const clock = new RoughClock();
      const origin = new OriginGate(clock, () => undefined).origin(NAME);
      origin.hold(holdMs);
      const { entry } = origin.wait();
      await clock.advanceAsync(holdMs + 10);
      expect(await Promise.race([entry, Promise.resolve(null)])).toMatchObject({ kind: 'entered' });
    }
  });

  it('keeps the rate, and says how long it will take', async () => {
    const { clock, origin, entered, wait } = setUp();
    origin.declare(1, { rateLimit: { requests: 2, perMs: 60_000 }, concurrency: 8 });
    origin.tryEnter();
    origin.tryEnter();
    wait('a');
    expect(origin.expectedWaitMs()).toBe(60_005);
    await clock.advanceAsync(60_004);
    expect(entered).toEqual([]);
    await clock.advanceAsync(1);
    expect(entered).toEqual(['a entered']);
  });

  it('stays shut while the origin asked for it', async () => {
    const { clock, origin, entered, wait, told } = setUp();
    origin.hold(5000);
    origin.hold(1000);
    wait('a');
    await clock.advanceAsync(4999);
    expect(entered).toEqual([]);
    await clock.advanceAsync(1);
    expect(entered).toEqual(['a entered']);
    expect(told).toEqual([`warn ${NAME} asks not to be called for 5 s.`]);
  });

  it('shuts after five failures, lets one probe through, and opens when it succeeds', async () => {
    const { clock, origin, entered, wait, told, fail } = setUp();
    fail(5);
    expect(origin.tryEnter()).toBeNull();
    wait('probe');
    wait('b');
    await clock.advanceAsync(10_000);
    expect(entered).toEqual(['probe entered']);
    origin.leave('alive');
    await clock.advanceAsync(0);
    expect(entered).toEqual(['probe entered', 'b entered']);
    expect(origin.circuit).toBe('closed');
    expect(told).toEqual([`warn ${NAME} is left alone for 10 s.`, `info ${NAME} answers again.`]);
  });

  it('turns everybody away when the probe fails, and waits twice as long for the next', async () => {
    const { clock, origin, entered, wait, fail } = setUp();
    fail(5);
    wait('probe');
    const b = wait('b');
    await clock.advanceAsync(10_000);
    origin.leave('failed', '503: the API is not available now.');
    await clock.advanceAsync(0);
    expect(entered).toEqual(['probe entered', 'b refused']);
    expect(await b.entry).toMatchObject({
      error: { code: 'circuit-open', kind: 'transient', message: expect.stringContaining('503') },
    });
    expect(origin.expectedWaitMs()).toBe(20_000);
  });

  it('makes the next one the probe when the first was called off', async () => {
    const { clock, origin, entered, wait, fail } = setUp();
    fail(5);
    wait('probe');
    wait('b');
    await clock.advanceAsync(10_000);
    origin.leave('unknown');
    await clock.advanceAsync(1);
    expect(entered).toEqual(['probe entered', 'b entered']);
    expect(origin.circuit).toBe('half-open');
  });

  it('does not take a refusal for a failure', () => {
    const { origin, fail } = setUp();
    fail(4);
    origin.tryEnter();
    origin.leave('alive');
    fail(4);
    expect(origin.circuit).toBe('closed');
  });

  it('is not troubled by the wall clock', async () => {
    const { clock, origin, entered, wait } = setUp();
    origin.hold(5000);
    wait('a');
    clock.jump(-86_400_000);
    await clock.advanceAsync(5000);
    expect(entered).toEqual(['a entered']);
  });

  it('is forgotten with its last declaration, unless it still remembers something', () => {
    const { gate, origin } = setUp();
    origin.declare(1, { rateLimit: null, concurrency: 8 });
    gate.withdraw(1);
    const second = gate.origin(NAME);
    expect(second).not.toBe(origin);
    second.hold(1000);
    gate.withdraw(1);
    expect(gate.origin(NAME)).toBe(second);
  });
});
