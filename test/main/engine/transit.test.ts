import { setImmediate as nextTurn } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransitMap, TransitSet } from '../../../src/main/engine/transit.ts';

type Change = readonly ['set' | 'delete' | 'turn', number];

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(fc.constantFrom('set', 'set', 'set', 'delete', 'delete', 'turn'), fc.nat(40)),
  { maxLength: 600, size: 'max' },
);

describe('a map of what is in transit', () => {
  it('holds what a Map would hold, in the same order, however much passes through it', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const ours = new TransitMap<number, string>();
        const theirs = new Map<number, string>();
        for (const [what, key] of all) {
          if (what === 'turn') await nextTurn();
          else if (what === 'delete') expect(ours.delete(key)).toBe(theirs.delete(key));
          else {
            ours.set(key, `${key} of ${theirs.size}`);
            theirs.set(key, `${key} of ${theirs.size}`);
          }
          expect([ours.size, ours.has(key), ours.get(key)]).toEqual([
            theirs.size,
            theirs.has(key),
            theirs.get(key),
          ]);
        }
        expect([...ours.entries()]).toEqual([...theirs]);
        expect([...ours.keys()]).toEqual([...theirs.keys()]);
        expect([...ours.values()]).toEqual([...theirs.values()]);
      }),
      { numRuns: 50 },
    );
  });

  it('can be gone through while others pass through it in the same turn', () => {
    const map = new TransitMap<number, string>();
    for (let key = 0; key < 5; key++) map.set(key, 'here');
    const seen: number[] = [];
    for (const key of map.keys()) {
      if (key < 5) seen.push(key);
      for (let other = 1000; key < 5 && other < 2000; other++) {
        map.set(other, 'passing');
        map.delete(other);
      }
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('does not keep what is long gone through young collections, as a Map does', async () => {
    const kept = await keptOf(new TransitMap());
    const keptByMap = await keptOf(new Map());
    expect(kept).toBeLessThan(keptByMap / 2);
  });
});

it('a set of what is in transit holds each once, in order', async () => {
  const set = new TransitSet<string>();
  for (let round = 0; round < 500; round++) {
    set.add('stays');
    set.add(`round ${round}`);
    set.delete(`round ${round - 1}`);
    if (round % 50 === 0) await nextTurn();
  }
  expect([set.size, set.has('stays'), set.has('round 3')]).toEqual([2, true, false]);
  expect([...set.values()]).toEqual(['stays', 'round 499']);
  set.clear();
  expect([set.size, ...set.values()]).toEqual([0]);
});

/** Bytes that grew old while a few megabytes passed through the map, 64 items being in it at a time. */
async function keptOf(map: {
  set(key: number, value: unknown): unknown;
  delete(key: number): boolean;
}): Promise<number> {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const collectYoung = () => collect({ type: 'minor' });
  collect();
  map.set(-1, null);
  collectYoung();
  collectYoung();
  const before = oldBytes();
  for (let key = 0; key < 4000; key++) {
    map.set(key, new Array(100).fill(key));
    map.delete(key - 64);
    if (key % 100 === 0) await nextTurn();
    if (key % 500 === 0) collectYoung();
  }
  return oldBytes() - before;
}

function oldBytes(): number {
  const spaces = v8.getHeapSpaceStatistics();
  return spaces.find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0;
}
