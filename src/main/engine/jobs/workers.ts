import type { WorkerView } from '../../../shared/insight.ts';
import { say } from '../../../shared/sentences.ts';
import { toIso } from '../clock.ts';
import type { LiveRun } from './live-run.ts';
import { toRun } from './run-view.ts';
import type { NetworkVitals } from '../pool/network-client.ts';
import type { StoreHealth } from '../store/store.ts';
import type { StoreVitals } from '../store-pulse.ts';

/** More attempts than these are not told. */
const MOST_ATTEMPTS = 500;

export interface WorkerSituation {
  readonly now: number;
  readonly queued: number;
  readonly runs: Iterable<LiveRun>;
  readonly network: NetworkVitals;
  readonly store: Pick<StoreHealth, 'state'> & StoreVitals;
}

/** Owing an answer for longer than this, the store's thread is caught in something, or its disk is. */
const LATE_MS = 15_000;

/** What each thread does now. The main thread answers, so it lives; the others were heard of when they last said something. */
export function workerViews(situation: WorkerSituation): WorkerView[] {
  const { now, queued, network, store } = situation;
  const attempts = attemptsOf(situation.runs);
  const { compute } = network;
  const thread = { busy: 0, waiting: 0, restarts: 0, attempts: [] };
  const heard = isoOrNull(network.heardAt);
  return [
    {
      ...thread,
      name: 'main',
      ...does('mainDoes'),
      state: attempts.length > 0 ? 'working' : 'idle',
      heartbeatAt: toIso(now),
      busy: attempts.length,
      waiting: queued,
    },
    {
      ...thread,
      name: 'network',
      ...does('networkDoes'),
      state: network.state === 'up' ? (attempts.length > 0 ? 'working' : 'idle') : network.state,
      heartbeatAt: heard,
      busy: attempts.filter(({ state }) => state === 'running').length,
      waiting: attempts.filter(({ state }) => state === 'waiting').length,
      restarts: network.restarts,
      attempts,
    },
    {
      ...thread,
      name: 'compute',
      ...does('computeDoes'),
      state: network.state === 'up' ? (compute.running > 0 ? 'working' : 'idle') : network.state,
      heartbeatAt: isoOrNull(compute.heardAt),
      busy: compute.running,
      waiting: compute.waiting,
    },
    {
      ...thread,
      name: 'store',
      ...does('storeDoes'),
      state: storeState(store),
      heartbeatAt: isoOrNull(store.heardAt),
    },
  ];
}

function storeState({ state, silentMs }: WorkerSituation['store']): WorkerView['state'] {
  if (state === 'degraded') return 'down';
  return silentMs > LATE_MS ? 'silent' : silentMs > 0 ? 'working' : 'idle';
}

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : toIso(epochMs);
}

function attemptsOf(runs: Iterable<LiveRun>): WorkerView['attempts'] {
  const attempts: WorkerView['attempts'] = [];
  for (const run of runs) {
    if (run.attemptId === null) continue;
    const { id: runId, jobId, attempt, state, reason, startedAt, progress } = toRun(run);
    attempts.push({ runId, jobId, attempt, state, reason, startedAt, pages: progress.done });
    if (attempts.length >= MOST_ATTEMPTS) break;
  }
  return attempts;
}

function does(key: `${WorkerView['name']}Does`): Pick<WorkerView, 'does' | 'doesSays'> {
  const { message, says } = say(key);
  return { does: message, doesSays: says };
}
