import { expect, it } from 'vitest';
import { createQueue } from '../../../../src/main/engine/jobs/queue.ts';
import { describeQueue } from '../../../support/queue-contract.ts';

describeQueue('memory', () => createQueue());

it('an unknown backend is refused with what is known', () => {
  expect(() => createQueue('redis')).toThrow(
    "QUEUE_BACKEND is 'redis'; this version knows: memory.",
  );
});
