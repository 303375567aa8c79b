import type { Run } from '../../../src/shared/run.ts';
import type { FakeBridge } from '../fake-bridge.ts';
import { fakeRun } from '../fake/fake-runs.ts';
import { seeded } from '../fake/seeded.ts';

const PAGES = 12;

/** Lets runs start, progress and finish, so that the screens can be seen moving. */
export function play(bridge: FakeBridge): void {
  const random = seeded(99);
  let number = 0;
  const start = () => {
    const jobs = [...bridge.engine.state.jobs.values()].filter((job) => job.state === 'enabled');
    const job = jobs[Math.floor(random() * jobs.length)];
    if (!job) return;
    const id = `01KLIVE${String(number++).padStart(6, '0')}`;
    const finished = fakeRun({ id, job, created: Date.now(), random });
    run(bridge, { ...finished, state: 'finished' });
  };
  start();
  setInterval(start, 4000);
}

function run(bridge: FakeBridge, finished: Run): void {
  const { state } = bridge.engine;
  const at = () => new Date().toISOString();
  const started: Run = {
    ...finished,
    state: 'running',
    outcome: null,
    error: null,
    reason: null,
    startedAt: at(),
    finishedAt: null,
    durationMs: null,
    progress: { done: 0, total: PAGES, etaMs: null, message: null },
  };
  state.runs.unshift(started);
  bridge.emit({ name: 'run.started', at: at(), data: { run: started } });
  let done = 0;
  const timer = setInterval(() => {
    done += 1;
    const progress = { done, total: PAGES, etaMs: (PAGES - done) * 700, message: null };
    const counts = { ...finished.counts, requests: done, received: done * 25 };
    if (done < PAGES) {
      const data = { runId: finished.id, jobId: finished.jobId, counts, progress };
      state.runs = state.runs.map((one) =>
        one.id === finished.id ? { ...one, progress, counts } : one,
      );
      bridge.emit({ name: 'run.progress', at: at(), data });
      return;
    }
    clearInterval(timer);
    const end = { ...finished, finishedAt: at(), durationMs: PAGES * 700 };
    state.runs = state.runs.map((one) => (one.id === finished.id ? end : one));
    bridge.emit({ name: 'run.finished', at: at(), data: { run: end } });
  }, 700);
}
