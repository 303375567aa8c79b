import { expect, it } from 'vitest';
import {
  afterFailure,
  afterSuccess,
  CLOSED,
  FAILURES_TO_OPEN,
  FIRST_OPEN_MS,
  LONGEST_OPEN_MS,
  probing,
  type Circuit,
} from '../../../../src/main/engine/consumer/circuit.ts';

function fail(circuit: Circuit, times: number, now = 0): Circuit {
  for (let count = 0; count < times; count++) circuit = afterFailure(circuit, now);
  return circuit;
}

it('stays closed below five failures in a row', () => {
  expect(fail(CLOSED, FAILURES_TO_OPEN - 1).state).toBe('closed');
  expect(fail(afterSuccess(), 4).state).toBe('closed');
});

it('opens at the fifth, and late failures change nothing', () => {
  const open = fail(CLOSED, 5, 100);
  expect(open).toEqual({ state: 'open', until: 100 + FIRST_OPEN_MS, forMs: FIRST_OPEN_MS });
  expect(afterFailure(open, 500)).toBe(open);
});

it('opens for twice as long each time a probe fails, up to a limit', () => {
  let circuit = fail(CLOSED, 5);
  const lengths = Array.from({ length: 8 }, () => {
    circuit = afterFailure(probing(circuit), 0);
    return circuit.state === 'open' ? circuit.forMs : 0;
  });
  expect(lengths.slice(0, 3)).toEqual([2, 4, 8].map((times) => times * FIRST_OPEN_MS));
  expect(Math.max(...lengths)).toBe(LONGEST_OPEN_MS);
});

it('closes when the probe succeeds', () => {
  expect(probing(fail(CLOSED, 5)).state).toBe('half-open');
  expect(afterSuccess()).toBe(CLOSED);
});
