import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRunIds } from '../../../../src/main/engine/jobs/run-id.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids of runs', () => {
  it('are UUIDs of version 7 that carry their time', () => {
    const id = createRunIds()(Date.parse('2026-01-01T00:00:00.000Z'));
    expect(id).toMatch(UUID_V7);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(1767225600000);
  });

  it('are different and in the order in which they were made, however the clock moves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 200 }),
        (steps) => {
          const newId = createRunIds();
          let now = 1_000_000;
          const ids = steps.map((step) => newId((now += step)));
          expect([...ids].sort()).toEqual(ids);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });

  it('keep their order when more are made in a millisecond than the counter holds', () => {
    const newId = createRunIds();
    const ids = Array.from({ length: 10_000 }, () => newId(1000));
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(10_000);
  });
});
