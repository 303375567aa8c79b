// A store with many finished runs, written by the store itself, transaction by transaction.
import { randomBytes } from 'node:crypto';
import { clock } from './clock.mjs';
import { buildStoreModules } from './store-modules.mjs';

const threadFile = new URL('../../../dist/main/store-thread.js', import.meta.url);
const PER_COMMIT = 500;
const COMMITS_AT_ONCE = 8;
const CLOSE_MS = 120_000;
const DAY_MS = 24 * 60 * 60_000;

/** Fills an empty home with runs of the last days, spread over so many jobs that retention keeps them all. */
export async function seedRuns(home, count) {
  const { client } = await buildStoreModules('bench-server', {
    client: 'src/main/engine/store/store-client.ts',
  });
  const { openStore } = await import(client);
  const store = await openStore({ home, threadFile, clock });
  const jobs = Math.max(1, Math.ceil(count / 5000));
  const firstAt = Date.now() - 5 * DAY_MS;
  const stepMs = (4 * DAY_MS) / count;
  let under = [];
  for (let from = 0; from < count; from += PER_COMMIT) {
    const ops = Array.from({ length: Math.min(PER_COMMIT, count - from) }, (_, index) => ({
      kind: 'run.insert',
      run: runOf(from + index, jobs, Math.floor(firstAt + (from + index) * stepMs)),
    }));
    under.push(store.commit(ops));
    if (under.length >= COMMITS_AT_ONCE) {
      await Promise.all(under);
      under = [];
    }
  }
  await Promise.all(under);
  await store.close(CLOSE_MS);
}

const OUTCOMES = ['succeeded', 'succeeded', 'succeeded', 'failed', 'partial'];

function runOf(index, jobs, at) {
  const outcome = OUTCOMES[index % OUTCOMES.length];
  return {
    id: uuid7(at),
    jobId: `old-${index % jobs}`,
    integrationId: `old-${index % 20}`,
    trigger: 'schedule',
    triggeredBy: null,
    retryOf: null,
    scheduledFor: at,
    scheduledUntil: null,
    occurrences: 1,
    createdAt: at,
    startedAt: at + 1,
    finishedAt: at + 40,
    durationMs: 39,
    state: 'finished',
    outcome,
    reason: null,
    instance: 1,
    instances: 1,
    attempt: 1,
    nextRetryAt: null,
    worker: 'bench-1',
    priority: 'normal',
    input: {},
    result: null,
    error:
      outcome === 'failed'
        ? { code: 'http-status', kind: 'transient', message: 'The API answered 503.', status: 503 }
        : null,
    cpuMs: 1,
    peakBytes: 0,
    notBefore: null,
    full: false,
    crashes: 0,
    uncounted: 0,
  };
}

function uuid7(at) {
  const hex = Math.floor(at).toString(16).padStart(12, '0');
  const tail = randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(6, 18)}`;
}
