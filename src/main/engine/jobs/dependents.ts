import type { Store } from '../store/store.ts';
import { Turns } from '../turns.ts';
import type { JobService } from './job-service.ts';
import { stateOf, type LiveJob } from './live-job.ts';
import type { LiveRun } from './live-run.ts';

/**
 * Starts jobs that run `after` others: once when all of those have succeeded since the job's own last run. Whether
 * that is so is asked of the rows on disk, so that nothing is lost or done twice when the program ends in between.
 */
export interface DependentsDeps {
  readonly store: Pick<Store, 'query'>;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly service: Pick<JobService, 'start' | 'isRunning'>;
  /** Nothing that is new may begin now; `lookAtAll` follows. */
  readonly isHeld: () => boolean;
  readonly onError: (job: LiveJob, error: unknown) => void;
}

export class Dependents {
  readonly #deps: DependentsDeps;
  readonly #turns = new Turns();
  /** Ids of the jobs that run after each; null: to be made anew. */
  #waitingFor: Map<string, string[]> | null = null;

  constructor(deps: DependentsDeps) {
    this.#deps = deps;
  }

  /** A run has ended and its end is on disk. */
  ended(job: LiveJob, run: LiveRun): void {
    // While it ran, those before it may have succeeded once more.
    this.look(job.definition.id, run.jobId);
    if (run.row.outcome !== 'succeeded' || run.group.unfinished > 0) return;
    const { id } = job.definition;
    this.#waitingFor ??= waitingFor(this.#deps.jobs.values());
    for (const waiting of this.#waitingFor.get(id) ?? []) this.look(waiting, id);
  }

  /** The job was declared, changed, resumed or deleted. */
  changed(jobId: string): void {
    this.#waitingFor = null;
    this.look(jobId, null);
  }

  /** The program has started, or may begin new work again. */
  lookAtAll(): void {
    for (const id of this.#deps.jobs.keys()) this.look(id, null);
  }

  /** Starts the job if what it waits for has happened; `by` names the job whose success it may be. */
  look(jobId: string, by: string | null): void {
    if (!this.#mayStart(jobId)) return;
    this.#turns
      .take(jobId, () => this.#startIfDue(jobId, by))
      .catch((error: unknown) => {
        const job = this.#deps.jobs.get(jobId);
        if (job) this.#deps.onError(job, error);
      });
  }

  #mayStart(jobId: string): LiveJob | null {
    const job = this.#deps.jobs.get(jobId);
    if (!job || job.definition.after.length === 0 || stateOf(job) !== 'enabled') return null;
    return this.#deps.isHeld() || this.#deps.service.isRunning(jobId) ? null : job;
  }

  async #startIfDue(jobId: string, by: string | null): Promise<void> {
    const job = this.#mayStart(jobId);
    if (!job) return;
    const { after, createdAt } = job.definition;
    const since = Date.parse(createdAt);
    const isDue = await this.#deps.store.query('runs.have-succeeded', {
      jobId,
      since,
      jobIds: after,
    });
    if (!isDue || this.#mayStart(jobId) !== job) return;
    await this.#deps.service.start(job, {
      trigger: 'dependency',
      triggeredBy: by,
      scheduledFor: null,
    });
  }
}

function waitingFor(jobs: Iterable<LiveJob>): Map<string, string[]> {
  const waiting = new Map<string, string[]>();
  for (const { definition } of jobs)
    for (const id of definition.after) waiting.set(id, [...(waiting.get(id) ?? []), definition.id]);
  return waiting;
}
