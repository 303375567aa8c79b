import { expect, it } from 'vitest';
import { decideOverlap, decideStart } from '../../../../src/main/engine/jobs/overlap.ts';

it.each([
  // policy, maxParallel, active, held, decision
  ['skip', null, 0, 0, 'start'],
  ['skip', null, 1, 0, 'skip'],
  ['skip', null, 0, 1, 'skip'],
  ['queue-one', null, 0, 0, 'start'],
  ['queue-one', null, 1, 0, 'hold'],
  ['queue-one', null, 1, 1, 'skip'],
  ['queue-all', null, 0, 0, 'start'],
  ['queue-all', null, 1, 0, 'hold'],
  ['queue-all', null, 1, 99, 'hold'],
  ['cancel-running', null, 0, 0, 'start'],
  ['cancel-running', null, 1, 0, 'replace'],
  ['cancel-running', null, 1, 3, 'replace'],
  ['allow', null, 99, 0, 'start'],
  ['allow', 3, 2, 0, 'start'],
  ['allow', 3, 3, 0, 'skip'],
  ['allow', 1, 0, 0, 'start'],
] as const)(
  '%s (at most %s) with %i active and %i held: %s',
  (policy, maxParallel, active, held, decision) => {
    expect(decideOverlap({ policy, maxParallel, active, held })).toBe(decision);
  },
);

it.each([
  ['schedule', 'skip', 'run-all', 'skip'],
  ['manual', 'skip', 'run-all', 'skip'],
  ['catch-up', 'skip', 'run-latest', 'skip'],
  ['catch-up', 'skip', 'run-all', 'hold'],
  ['retry', 'skip', 'run-latest', 'hold'],
  ['retry', 'queue-one', 'run-latest', 'hold'],
  ['retry', 'cancel-running', 'run-latest', 'hold'],
  ['retry', 'allow', 'run-latest', 'start'],
] as const)(
  'what was asked for one by one takes its turn: %s under %s, missed runs %s: %s',
  (trigger, overlap, policy, decision) => {
    const job = { id: 'job', overlap, maxParallel: null, missedRuns: { policy, withinMs: null } };
    const groups = { activeOf: () => 1, heldOf: () => 1 };
    expect(decideStart(job, trigger, groups)).toBe(decision);
  },
);
