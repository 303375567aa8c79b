import type { Timer } from '../clock.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { Alarm } from './alarm.ts';
import { ArmedJobs, type ArmedJobsDeps } from './armed-jobs.ts';
import { ClockWatch, type ClockVerdict } from './clock-watch.ts';
import { JobPlanner, type JobPlannerDeps, type PlanningTurn } from './job-planner.ts';
import { pausesOf, silentUntil } from './job-pauses.ts';
import { lateBefore } from './lateness.ts';
import { MachineZone } from './machine-zone.ts';
import { repeatAfterJump } from './repeat.ts';

/**
 * The thin loop: it sleeps until the next job wakes, 30 s at most, looks whether the clock has jumped or the machine
 * has another zone, and has the jobs planned whose time has come. `ArmedJobs` knows the jobs and when each wakes,
 * `JobPlanner` plans one of them and hands the plan over; what is due is decided by `planDue`.
 */
export interface SchedulerDeps extends ArmedJobsDeps, Omit<JobPlannerDeps, 'armed'> {
  readonly alarm: Alarm;
  readonly machineZone: () => string;
  /** When the program was last seen running, epoch ms; null when it never was. */
  readonly lastSeen: () => number | null;
  /** Nothing is planned now, because nothing could be written down, or the clock is in doubt; instants stay due. */
  readonly isHeld: () => boolean;
  /** Called before anything is planned by the new time. */
  readonly onClock: (verdict: Exclude<ClockVerdict, { kind: 'none' }>) => void;
  /** About every 30 s, with the present time: it was seen. */
  readonly onSeen: (now: number) => void;
}

/** The longest the loop sleeps: a jump of the clock is noticed within this time. */
const LONGEST_SLEEP_MS = 30_000;
/** What is due beyond this is planned a turn of the loop later, so that pages and people are not kept waiting. */
const LONGEST_TURN_MS = 5;

export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #zone: MachineZone;
  readonly #armed: ArmedJobs;
  readonly #planner: JobPlanner;
  #watch = new ClockWatch(null);
  #alarm: Timer | null = null;
  #alarmAt = Infinity;
  /** Not all that was due at the last tick is planned yet. */
  #backlog: PlanningTurn | null = null;
  #seenAt = 0;
  #running = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#zone = new MachineZone(deps.machineZone);
    this.#armed = new ArmedJobs(deps, () => this.#zone.name);
    this.#planner = new JobPlanner({ ...deps, armed: this.#armed }, (jobId, wakeAt) => {
      this.#armed.arm(jobId, wakeAt);
      this.#setAlarm();
    });
  }

  /** Arms every job and begins; what was missed while the program was off is planned at once. */
  start(): void {
    this.#running = true;
    this.#zone.hasChanged(this.#deps.clock.monotonic(), true);
    this.#watch = new ClockWatch(this.#deps.lastSeen());
    this.#armed.armAll();
    this.#tick();
  }

  /** Plans handed over before this are carried out; no new ones are made. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm?.cancel();
    await this.#planner.stop();
  }

  /** The job is new, changed, paused, resumed, deleted, or its run has ended. */
  jobChanged(jobId: string): void {
    if (!this.#running) return;
    this.#armed.arm(jobId);
    this.#setAlarm();
  }

  /** A run of the job has ended: only a fixed delay counts from there. */
  jobEnded(jobId: string): void {
    if (this.#deps.jobs.get(jobId)?.definition.schedule.kind === 'fixed-delay')
      this.jobChanged(jobId);
  }

  /** Everything may have changed: a pause of everything, the store, a wake from sleep. */
  wake(): void {
    if (!this.#running) return;
    this.#zone.forget();
    this.#armed.armAll();
    this.#tick();
  }

  /** Somebody says that the clock is right as it is. */
  confirmClock(): void {
    this.#watch.confirm();
  }

  /**
   * Covers what is due up to now by the job's present declaration, and plans nothing for it until `endChange`. Resolves
   * with the instant up to which everything is covered. Rejects when the store refuses; then nothing is being changed.
   */
  async beginChange(job: LiveJob): Promise<number> {
    const { id } = job.definition;
    this.#planner.beginChange(id);
    try {
      return await this.#planner.settle(job);
    } catch (error) {
      this.endChange(id);
      throw error;
    }
  }

  /** The job is as it will be, or gone: it is planned again. */
  endChange(jobId: string): void {
    this.#planner.endChange(jobId);
    this.jobChanged(jobId);
  }

  /** When the job runs next by itself, epoch ms; null = not, or nobody knows while everything is held. */
  nextRunAt(job: LiveJob): number | null {
    const after = this.#silentUntil(job);
    return after === null
      ? null
      : (this.#armed.get(job.definition.id)?.nextRunAfter(after) ?? null);
  }

  /** When it runs by itself from now on, epoch ms, as far as is known: none while a pause, or a held store, has no end. */
  nextInstants(job: LiveJob, count: number): number[] {
    const schedule = this.#armed.get(job.definition.id)?.schedule;
    const found: number[] = [];
    let after = this.#silentUntil(job);
    while (schedule && after !== null && found.length < count) {
      after = schedule.nextRunAfter(after);
      if (after !== null) found.push(schedule.fireAt(after));
    }
    return found;
  }

  #silentUntil(job: LiveJob): number | null {
    const { isHeld, pauses, clock } = this.#deps;
    return isHeld() ? null : silentUntil(job, pausesOf(job, pauses()), clock.now());
  }

  #tick(): void {
    if (!this.#running) return;
    const { clock, isHeld } = this.#deps;
    const previous = this.#watch.lastMs;
    const now = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    const verdict = this.#watch.look(now);
    if (this.#zone.hasChanged(now.monotonicMs, verdict.kind !== 'none')) this.#armed.armAll();
    this.#heed(verdict, now.wallMs);
    if (this.#watch.isBelieved && !isHeld()) {
      this.#noteSeen(now.wallMs);
      this.#planDueJobs(now.wallMs, lateBefore(now.wallMs, previous, verdict.kind === 'jump'));
    }
    this.#setAlarm();
  }

  #noteSeen(nowMs: number): void {
    if (Math.abs(nowMs - this.#seenAt) < LONGEST_SLEEP_MS) return;
    this.#seenAt = nowMs;
    this.#deps.onSeen(nowMs);
  }

  #heed(verdict: ClockVerdict, nowMs: number): void {
    if (verdict.kind === 'none') return;
    this.#deps.onClock(verdict);
    if (verdict.kind === 'unbelievable') return;
    for (const armed of this.#armed.values()) {
      if (verdict.kind === 'jump')
        armed.repeat = repeatAfterJump(armed, armed.job.runtime.coveredUntil, nowMs, verdict);
      armed.forgetNextRun();
      this.#armed.wake(armed, nowMs);
    }
  }

  #planDueJobs(nowMs: number, lateBeforeMs: number): void {
    const { clock } = this.#deps;
    const turn = this.#backlog ?? { lateBeforeMs, catchUps: 0 };
    this.#backlog = null;
    const until = clock.monotonic() + LONGEST_TURN_MS;
    for (let armed = this.#armed.takeDue(nowMs); armed; armed = this.#armed.takeDue(nowMs)) {
      this.#planner.plan(armed, nowMs, turn);
      if (clock.monotonic() < until) continue;
      this.#backlog = turn;
      return;
    }
  }

  #setAlarm(): void {
    if (!this.#running) return;
    const now = this.#deps.clock.now();
    const isIdle = this.#deps.isHeld() || !this.#watch.isBelieved;
    const next = isIdle ? Infinity : this.#armed.nextWakeAt;
    const at = Math.min(Math.max(next, now), now + LONGEST_SLEEP_MS);
    if (this.#alarm && this.#alarmAt <= at && this.#alarmAt > now) return;
    this.#alarm?.cancel();
    this.#alarmAt = at;
    this.#alarm = this.#deps.alarm(at, () => {
      this.#alarm = null;
      this.#tick();
    });
  }
}
