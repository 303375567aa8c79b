import type { EventPayload } from '../../shared/events.ts';
import type { Said, Told } from '../../shared/sentences.ts';
import type { AppState, Status } from '../../shared/status.ts';
import { toIso, type Clock, type Timer } from './clock.ts';
import type { EventHub } from './observe/events.ts';
import type { LiveJob } from './jobs/live-job.ts';
import type { PauseOfAll } from './pause-of-all.ts';
import type { Store, StoreHealth } from './store/store.ts';

/** What the program is doing, and whether it is well. Told when it changes, at most once a second. */
export interface StatusDeps {
  readonly clock: Clock;
  readonly version: string;
  readonly store: Pick<Store, 'health' | 'figures' | 'query'>;
  readonly events: Pick<EventHub, 'emit'>;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly pauseOfAll: PauseOfAll;
  /** Why the database takes no more records; null while there is room. */
  readonly full: () => Told | null;
  readonly running: () => number;
  readonly queued: () => number;
  readonly nextRunAt: (job: LiveJob) => number | null;
}

const TOLD_EVERY_MS = 1000;
const DAY_MS = 24 * 60 * 60_000;
const SHOWN_FAILURES = 3;

export class StatusBoard {
  readonly #deps: StatusDeps;
  readonly #startedAt: string;
  #phase: 'starting' | 'started' | 'stopping' = 'starting';
  #timer: Timer | null = null;
  #toldAt = -Infinity;
  #online = true;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
    this.#startedAt = toIso(deps.clock.now());
  }

  set phase(phase: 'started' | 'stopping') {
    this.#phase = phase;
    this.changed();
  }

  /** False from when a call failed for want of any network until there is one again. */
  set online(online: boolean) {
    this.#online = online;
    this.changed();
  }

  get state(): AppState {
    if (this.#phase !== 'started') return this.#phase;
    const { store, pauseOfAll, clock, full } = this.#deps;
    if (store.health.state !== 'ok') return store.health.state;
    if (full() !== null) return 'degraded';
    return pauseOfAll.at(clock.now()) ? 'paused' : 'running';
  }

  /** Why it is degraded or read-only, and what the person can do; null when it is neither. */
  get reason(): Told | null {
    return whyNotWell(this.#deps.store.health) ?? this.#deps.full();
  }

  /** Its condition at once, without asking the store. */
  get health(): { readonly state: AppState; readonly reason: string | null; readonly says?: Said } {
    const { reason } = this;
    if (reason === null) return { state: this.state, reason };
    return { state: this.state, reason: reason.message, ...(reason.says && { says: reason.says }) };
  }

  async read(): Promise<Status> {
    const { clock, version, store, pauseOfAll } = this.#deps;
    const now = clock.now();
    const pause = pauseOfAll.at(now);
    // Of a store that cannot be read at all, the state is what matters.
    const failures = await this.#failures(now).catch((error: unknown) => {
      if (store.health.state !== 'read-only') throw error;
      return { last24h: 0, latest: [] };
    });
    const { lsn, journalBytes, snapshotBytes, records, runs } = store.figures;
    const { reason } = this;
    return {
      version,
      state: this.state,
      stateReason: reason?.message ?? null,
      ...(reason?.says && { stateReasonSays: reason.says }),
      pausedUntil: pause === null || pause.until === null ? null : toIso(pause.until),
      pauseReason: pause?.reason ?? null,
      startedAt: this.#startedAt,
      online: this.#online,
      running: this.#deps.running(),
      queued: this.#deps.queued(),
      jobs: this.jobs(),
      nextRun: this.#nextRun(),
      store: { lsn, journalBytes, snapshotBytes, records, runs },
      failures,
    };
  }

  jobs(): Status['jobs'] {
    const { jobs } = this.#deps;
    return { total: jobs.size, enabled: countEnabled(jobs.values()) };
  }

  /** Something of it may have changed. */
  changed(): void {
    if (this.#timer || this.#phase === 'stopping') return;
    const { clock } = this.#deps;
    const wait = Math.max(0, this.#toldAt + TOLD_EVERY_MS - clock.monotonic());
    this.#timer = clock.setTimer(wait, () => {
      this.#timer = null;
      this.#toldAt = clock.monotonic();
      // While the store restarts there is nothing to tell; its health event tells again.
      this.read().then(
        (status) => this.#deps.events.emit('status.changed', { status }),
        () => undefined,
      );
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #failures(now: number): Promise<Status['failures']> {
    const { store, jobs } = this.#deps;
    const { count, latest } = await store.query('runs.failures', {
      since: now - DAY_MS,
      limit: SHOWN_FAILURES,
    });
    const named = latest.map((failure) => ({
      ...failure,
      jobName: jobs.get(failure.jobId)?.definition.name ?? failure.jobId,
    }));
    return { last24h: count, latest: named };
  }

  #nextRun(): Status['nextRun'] {
    let first: { jobId: string; at: number } | null = null;
    for (const [jobId, job] of this.#deps.jobs) {
      const at = this.#deps.nextRunAt(job);
      if (at !== null && (first === null || at < first.at)) first = { jobId, at };
    }
    return first && { jobId: first.jobId, at: toIso(first.at) };
  }
}

/** What is wrong with the store; null when it is well. */
export function whyNotWell({ reason, says }: StoreHealth): Told | null {
  return reason === null ? null : { message: reason, says };
}

/** As it is told that the store is not well. */
export function degradedBy(state: AppState, told: Told | null): EventPayload<'store.degraded'> {
  const { message = '', says } = told ?? {};
  return { state, reason: message, ...(says && { reasonSays: says }) };
}

function countEnabled(jobs: Iterable<LiveJob>): number {
  let enabled = 0;
  for (const job of jobs)
    if (job.definition.enabled && job.runtime.state === 'enabled') enabled += 1;
  return enabled;
}
