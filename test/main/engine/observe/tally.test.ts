import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Tally } from '../../../../src/main/engine/observe/tally.ts';

function setup(labels: readonly [string, string?]) {
  const registry = new Registry();
  const tally = new Tally(registry, { name: 'seen_total', help: 'Seen.', labels });
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('seen_total'));
  return { tally, lines };
}

describe('a tally', () => {
  it('goes on counting after it was asked, by one label', async () => {
    const { tally, lines } = setup(['job']);
    tally.add('coins');
    tally.add('coins');
    expect(await lines()).toEqual(['seen_total{job="coins"} 2']);
    tally.add('coins');
    tally.add('weather', '', 5);
    expect(await lines()).toEqual(['seen_total{job="coins"} 3', 'seen_total{job="weather"} 5']);
  });

  it('forgets what was told of one, whether somebody had asked or not, and not the others', async () => {
    const { tally, lines } = setup(['job', 'reason']);
    tally.add('coins', 'paused');
    tally.add('weather', 'paused');
    await lines();
    tally.add('coins', 'overlap');
    tally.add('weather', 'overlap');
    await tally.forget('coins');
    expect(await lines()).toEqual([
      'seen_total{job="weather",reason="paused"} 1',
      'seen_total{job="weather",reason="overlap"} 1',
    ]);
  });
});
