import type { Clock } from '../clock.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { ArmedJob } from './armed-job.ts';
import type { ArmedJobs } from './armed-jobs.ts';
import { planDue, settleDue, type DueEntry, type DueInput, type DuePlan } from './due.ts';
import type { Pause } from './due-segments.ts';
import { isPauseOver, pausesOf } from './job-pauses.ts';
import { catchUpDelay, lateBefore } from './lateness.ts';

export interface JobPlannerDeps {
  readonly clock: Clock;
  readonly armed: ArmedJobs;
  /** Pauses of everything that may touch instants which are not covered yet. */
  readonly pauses: () => readonly Pause[];
  /** `delayMs` spreads catch-ups out. Rejects when nothing was stored. */
  readonly submit: (
    job: LiveJob,
    entries: readonly PlannedEntry[],
    coveredUntil: number,
  ) => Promise<void>;
  /** The job cannot be planned: its schedule is beyond what this machine knows, such as a zone. */
  readonly onBroken: (job: LiveJob, error: unknown) => void;
  /** A pause with an end has come to it. */
  readonly onPauseOver: (job: LiveJob) => void;
}

export type PlannedEntry = DueEntry & { readonly delayMs?: number };

/** All that is due at one tick is judged as its beginning was, however many turns of the loop it takes. */
export interface PlanningTurn {
  readonly lateBeforeMs: number;
  /** Catch-ups that were handed over so far. */
  catchUps: number;
}

/** After a refused plan. */
const TRY_AGAIN_AFTER_MS = 1000;
/** After a plan that could not be made. */
const BROKEN_AGAIN_AFTER_MS = 60 * 60_000;

/**
 * Plans what is due of one job and hands the plan over, one at a time per job; when it is refused, its instants are
 * simply due again. While a job is being changed nothing is planned for it: what was due before the change belongs to
 * the old declaration, everything after it to the new one.
 */
export class JobPlanner {
  readonly #deps: JobPlannerDeps;
  /** The job can be planned again, from then on. */
  readonly #armAgain: (jobId: string, wakeAt: number) => void;
  /** Jobs that are being changed, and by how many. */
  readonly #changing = new Map<string, number>();
  #isStopped = false;

  constructor(deps: JobPlannerDeps, armAgain: (jobId: string, wakeAt: number) => void) {
    this.#deps = deps;
    this.#armAgain = armAgain;
  }

  /** Plans what is due of the job now, or as soon as what keeps it from being planned is over. */
  plan(armed: ArmedJob, nowMs: number, turn: PlanningTurn): void {
    if (armed.handingOver || this.#changing.has(armed.definition.id)) {
      armed.isOverdue = true;
      return;
    }
    if (isPauseOver(armed.job, nowMs)) this.#deps.onPauseOver(armed.job);
    const plan = this.#planned(armed, nowMs, turn.lateBeforeMs);
    if (!plan || plan.entries.length === 0) return;
    this.#handOver(armed, this.#spreadOut(plan.entries, turn), plan.coveredUntilMs);
  }

  /** Nothing is planned for the job until as many have ended their change as have begun one. */
  beginChange(jobId: string): void {
    this.#changing.set(jobId, (this.#changing.get(jobId) ?? 0) + 1);
  }

  endChange(jobId: string): void {
    const others = (this.#changing.get(jobId) ?? 1) - 1;
    if (others > 0) this.#changing.set(jobId, others);
    else this.#changing.delete(jobId);
  }

  /** Covers what is due of the job by its present declaration; resolves with the instant up to which it is covered. */
  async settle(job: LiveJob): Promise<number> {
    const armed = await this.#withoutPlan(job.definition.id);
    const now = this.#deps.clock.now();
    if (!armed || this.#isStopped) return now;
    const input = this.#input(armed, now, lateBefore(now, null, false));
    const { entries, coveredUntilMs } = settleDue(input);
    if (entries.length > 0) await this.#deps.submit(job, entries, coveredUntilMs);
    return coveredUntilMs;
  }

  /** Resolves when no plan is on its way any more; changes settle nothing from now on. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#deps.armed.values()].flatMap((armed) => armed.handingOver ?? []));
  }

  async #withoutPlan(jobId: string): Promise<ArmedJob | undefined> {
    let armed = this.#deps.armed.get(jobId);
    for (; armed?.handingOver; armed = this.#deps.armed.get(jobId)) await armed.handingOver;
    return armed;
  }

  #planned(armed: ArmedJob, nowMs: number, lateBeforeMs: number): DuePlan | null {
    try {
      const plan = planDue(this.#input(armed, nowMs, lateBeforeMs));
      armed.repeat = plan.repeat;
      this.#deps.armed.wake(armed, plan.wakeAtMs);
      return plan;
    } catch (error) {
      // One job that cannot be planned must not keep the others from running.
      this.#deps.onBroken(armed.job, error);
      this.#deps.armed.wake(armed, nowMs + BROKEN_AGAIN_AFTER_MS);
      return null;
    }
  }

  #input(armed: ArmedJob, nowMs: number, lateBeforeMs: number): DueInput {
    return armed.dueInput(nowMs, lateBeforeMs, pausesOf(armed.job, this.#deps.pauses()));
  }

  #spreadOut(entries: readonly DueEntry[], turn: PlanningTurn): PlannedEntry[] {
    const jobs = this.#deps.armed.size;
    return entries.map((entry) =>
      entry.kind === 'run' && entry.trigger === 'catch-up'
        ? { ...entry, delayMs: catchUpDelay(turn.catchUps++, jobs) }
        : entry,
    );
  }

  #handOver(armed: ArmedJob, entries: readonly PlannedEntry[], coveredUntilMs: number): void {
    const { submit, clock } = this.#deps;
    armed.handingOver = submit(armed.job, entries, coveredUntilMs).then(
      () => this.#handedOver(armed, clock.now()),
      () => this.#handedOver(armed, clock.now() + TRY_AGAIN_AFTER_MS, true),
    );
  }

  #handedOver(planned: ArmedJob, wakeAt: number, wasRefused = false): void {
    const { id, schedule } = planned.definition;
    // Maybe compiled anew meanwhile.
    const armed = this.#deps.armed.get(id);
    planned.handingOver = null;
    if (!armed) return;
    armed.handingOver = null;
    const isOverdue = armed.isOverdue || planned.isOverdue;
    armed.isOverdue = false;
    // A refused start of a fixed delay has no end to go on from.
    if (!wasRefused && !isOverdue && schedule.kind !== 'fixed-delay') return;
    this.#armAgain(id, wakeAt);
  }
}
