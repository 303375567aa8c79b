import { TransitMap, TransitSet } from '../transit.ts';
import type { RunGroup } from './live-run.ts';
import type { OverlapDecision } from './overlap.ts';

/** The groups of one job that are not finished. */
interface Unfinished {
  readonly active: TransitSet<RunGroup>;
  /** In the order in which they will be let through. */
  readonly held: RunGroup[];
}

const NONE: Unfinished = { active: new TransitSet(), held: [] };

/**
 * Which groups of runs each job has under way and which it holds back until those have ended. A group counts as active
 * until the end of each of its runs is on disk.
 */
export class JobGroups {
  readonly #jobs = new TransitMap<string, Unfinished>();

  /** Runs that are held back, of all jobs. */
  heldRuns = 0;

  activeOf(jobId: string): number {
    return this.#of(jobId).active.size;
  }

  heldOf(jobId: string): number {
    return this.#of(jobId).held.length;
  }

  /** Whether the job has anything that is not finished. */
  has(jobId: string): boolean {
    return this.#jobs.has(jobId);
  }

  isHeld(group: RunGroup): boolean {
    return !this.#of(group.jobId).active.has(group);
  }

  /** Everything of the job before `newest`, the oldest first. */
  before(newest: RunGroup): RunGroup[] {
    const { active, held } = this.#of(newest.jobId);
    return [...active.values(), ...held].filter((group) => group !== newest);
  }

  enter(group: RunGroup, decision: Exclude<OverlapDecision, 'skip'>): void {
    let job = this.#jobs.get(group.jobId);
    if (!job) this.#jobs.set(group.jobId, (job = { active: new TransitSet(), held: [] }));
    if (decision === 'start') {
      job.active.add(group);
    } else {
      job.held.push(group);
      this.heldRuns += group.runs.length;
    }
  }

  /** The group is over; answers the one that may go on in its place. */
  leave(group: RunGroup): RunGroup | undefined {
    const job = this.#jobs.get(group.jobId);
    if (!job) return undefined;
    if (!job.active.delete(group)) this.#unhold(job, group);
    if (job.active.size > 0) return undefined;
    const next = job.held.shift();
    if (next) {
      this.heldRuns -= next.runs.length;
      job.active.add(next);
    } else {
      this.#jobs.delete(group.jobId);
    }
    return next;
  }

  #unhold({ held }: Unfinished, group: RunGroup): void {
    const index = held.indexOf(group);
    if (index < 0) return;
    held.splice(index, 1);
    this.heldRuns -= group.runs.length;
  }

  #of(jobId: string): Unfinished {
    return this.#jobs.get(jobId) ?? NONE;
  }
}
