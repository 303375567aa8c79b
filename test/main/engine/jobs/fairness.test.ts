import { expect, it } from 'vitest';
import type { LiveJob } from '../../../../src/main/engine/jobs/live-job.ts';
import { setupRuns, type RunsRig } from '../../../support/runs-rig.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A service whose every run takes `runMs` of a clock that only the test moves. */
function setup(options: { readonly slots: number; readonly runMs: number }) {
  const rig = setupRuns({
    settings: { concurrency: { runs: options.slots }, queue: { maxWaiting: 5000 } },
  });
  const begun = new Map<number, number>();

  /** One step of time: what has run for long enough ends, and its slot goes to the next. */
  async function pass(ms: number): Promise<void> {
    rig.clock.advance(ms);
    for (const request of [...rig.network.open.values()]) {
      const since = begun.get(request.attemptId) ?? rig.clock.now() - ms;
      begun.set(request.attemptId, since);
      if (rig.clock.now() - since >= options.runMs) rig.network.succeed(request);
    }
    await rig.settle();
    for (const { attemptId } of rig.network.open.values())
      if (!begun.has(attemptId)) begun.set(attemptId, rig.clock.now());
  }

  return { rig, pass };
}

const startedAt = (rig: RunsRig, runId: string) => rig.store.run(runId).row.startedAt;

it('a run of low priority starts within five minutes although a thousand critical ones always wait', async () => {
  const { rig, pass } = setup({ slots: 2, runMs: 10 * SECOND });
  const critical: LiveJob[] = [];
  for (let n = 0; n < 20; n++)
    critical.push(rig.addJob({ id: `critical-${n}`, priority: 'critical', overlap: 'allow' }));
  let next = 0;
  const refill = async () => {
    const missing = Math.max(1000 - rig.service.queued, 0);
    for (let n = 0; n < missing; n++) {
      const job = critical[next++ % critical.length];
      if (job) void rig.start(job);
    }
    await rig.settle();
  };
  await refill();
  const [low] = await rig.start(rig.addJob({ id: 'low', priority: 'low' }));
  const begun = rig.clock.now();
  let fewest = Infinity;
  while (startedAt(rig, low?.id ?? '') === null && rig.clock.now() - begun < 10 * MINUTE) {
    await pass(10 * SECOND);
    await refill();
    fewest = Math.min(fewest, rig.service.queued);
  }
  expect(fewest).toBeGreaterThanOrEqual(1000);
  expect((startedAt(rig, low?.id ?? '') ?? Infinity) - begun).toBeLessThanOrEqual(5 * MINUTE);
  // The critical ones went on all the while: they had every turn but that one.
  const others = rig.network.started.length - 1;
  expect(others).toBeGreaterThanOrEqual(2 * 20);
});

it.each([1, 4])(
  'with %d slots, a job that floods the line delays the runs of another by one run at most',
  async (slots) => {
    const runMs = 2 * SECOND;
    const { rig, pass } = setup({ slots, runMs });
    const flood = rig.addJob({ id: 'flood', overlap: 'allow' });
    const other = rig.addJob({ id: 'other', overlap: 'allow' });
    for (let n = 0; n < 1000; n++) void rig.start(flood);
    await rig.settle();
    const asked = new Map<string, number>();
    for (let step = 0; step < 200; step++) {
      if (step % 20 === 0) {
        const [run] = await rig.start(other);
        if (run) asked.set(run.id, rig.clock.now());
      }
      await pass(SECOND / 2);
    }
    const delays = [...asked].map(([id, at]) => (startedAt(rig, id) ?? Infinity) - at);
    delays.sort((a, b) => a - b);
    expect(delays).toHaveLength(10);
    expect(delays[Math.ceil(delays.length * 0.95) - 1]).toBeLessThanOrEqual(runMs);
    expect(rig.service.queued).toBeGreaterThan(500);
  },
);
