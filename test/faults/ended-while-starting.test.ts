import { expect, it } from 'vitest';
import { systemClock } from '../../src/main/engine/clock.ts';
import { ComputePool } from '../../src/main/engine/pool/compute-pool.ts';
import { preparePlan } from '../../src/main/engine/validator/page.ts';
import { sampleIntegration } from '../support/sample-integration.ts';

/** The long form is for `npm run faults`: without what it guards against, the program dies at about every two hundredth. */
const IS_LONG = process.env['PONTUAL_TEST_FAULTS'] === 'long';
const THREADS = IS_LONG ? 2000 : 100;
/** A thread takes about 60 ms to load what it runs. */
const SHORTEST_MS = 25;
const STEPS = 25;

const file = new URL('../../dist/main/compute-thread.js', import.meta.url);

it(
  'The program survives that threads are ended while they start, at any moment',
  async () => {
    for (let n = 0; n < THREADS; n++) {
      const pool = new ComputePool({ file, clock: systemClock, maxThreads: 1 });
      const given = new AbortController();
      const task = pool.run('page', pageRequest(), { timeLimitMs: 5000, signal: given.signal });
      const timer = setTimeout(() => given.abort(), SHORTEST_MS + 2 * (n % STEPS));
      const outcome = await task.catch((error: unknown) => error);
      clearTimeout(timer);
      expect(outcome).toEqual(
        given.signal.aborted ? given.signal.reason : expect.objectContaining({ kind: 'done' }),
      );
      await pool.close();
    }
  },
  IS_LONG ? 600_000 : 60_000,
);

function pageRequest() {
  return {
    rules: preparePlan(sampleIntegration({ records: { path: '$.items' } })),
    body: new Uint8Array(Buffer.from('{"items":[]}')),
    contentType: 'application/json',
    page: 1,
    extract: [],
    sample: null,
  };
}
