import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Timings } from '../../../../src/main/engine/observe/timings.ts';

const BOUNDS = [0.01, 0.1, 1];

function setup(label: string | null) {
  const registry = new Registry();
  const about = { name: 'took_seconds', help: 'How long it took.' };
  const timings = new Timings(registry, { ...about, bounds: BOUNDS, label });
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('took_seconds'));
  return { timings, lines, registry, about };
}

describe('timings', () => {
  it('count each value in every bucket that it fits, and sum it up', async () => {
    const { timings, lines } = setup('step');
    for (const seconds of [0.01, 0.02, 5]) timings.add(seconds, 'request');
    expect(await lines()).toEqual([
      'took_seconds_bucket{le="0.01",step="request"} 1',
      'took_seconds_bucket{le="0.1",step="request"} 2',
      'took_seconds_bucket{le="1",step="request"} 2',
      'took_seconds_bucket{le="+Inf",step="request"} 3',
      'took_seconds_sum{step="request"} 5.03',
      'took_seconds_count{step="request"} 3',
    ]);
  });

  it('without a label are told before anything has happened', async () => {
    const { lines } = setup(null);
    expect(await lines()).toContain('took_seconds_count 0');
  });

  it('forget one value of the label and not the others', async () => {
    const { timings, lines } = setup('job');
    timings.add(1, 'coins');
    timings.add(1, 'weather');
    timings.forget('coins');
    const told = (await lines()).join('\n');
    expect(told).not.toContain('coins');
    expect(told).toContain('took_seconds_count{job="weather"} 1');
  });

  it('say line for line what the histogram of the library says', async () => {
    const value = fc.tuple(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom('a', 'b'));
    await fc.assert(
      fc.asyncProperty(fc.array(value), async (values) => {
        const { timings, registry, about } = setup('of');
        const theirs = new Registry();
        const histogram = new Histogram({
          ...about,
          labelNames: ['of'],
          buckets: [...BOUNDS],
          registers: [theirs],
        });
        for (const [seconds, of] of values) {
          timings.add(seconds, of);
          histogram.observe({ of }, seconds);
        }
        expect(await registry.metrics()).toBe(await theirs.metrics());
      }),
    );
  });
});
