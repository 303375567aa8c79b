import type { JobDefinition } from '../../../shared/job.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Clock, Timer } from '../clock.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { CompiledSchedule, CompileOptions } from '../trigger/compile.ts';
import type { LastRun } from '../trigger/fixed-delay.ts';
import type { Alarm } from './alarm.ts';
import type { ClockReading } from './clock-jump.ts';
import { ClockWatch, type ClockVerdict } from './clock-watch.ts';
import type { Pause } from './due-segments.ts';
import { planDue, settleDue, type DueEntry, type DueInput, type DuePlan } from './due.ts';
import { catchUpDelay, lateBefore } from './lateness.ts';
import { startRepeat, type Repeat } from './repeat.ts';
import { WakeHeap } from './wake-heap.ts';

/**
 * The thin loop around `planDue`: it sleeps until the next job wakes, 30 s at most, looks whether the clock has
 * jumped, plans the jobs whose time has come, and hands the plans over. A plan is handed over one at a time per job;
 * when it is refused, its instants are simply due again. While a job is being changed nothing is planned for it: what
 * was due before the change belongs to the old declaration, everything after it to the new one.
 */
export interface SchedulerDeps {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly compile: (schedule: Schedule, options: CompileOptions) => CompiledSchedule;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly machineZone: () => string;
  /** Pauses of everything that may touch instants which are not covered yet. */
  readonly pauses: () => readonly Pause[];
  /** When the program was last seen running, epoch ms; null when it never was. */
  readonly lastSeen: () => number | null;
  /** Nothing is planned now, because nothing could be written down, or the clock is in doubt; instants stay due. */
  readonly isHeld: () => boolean;
  readonly isRunning: (jobId: string) => boolean;
  /** `delayMs` spreads catch-ups out. Rejects when nothing was stored. */
  readonly submit: (
    job: LiveJob,
    entries: readonly PlannedEntry[],
    coveredUntil: number,
  ) => Promise<void>;
  /** Called before anything is planned by the new time. */
  readonly onClock: (verdict: Exclude<ClockVerdict, { kind: 'none' }>) => void;
  /** The job cannot be planned: its schedule is beyond what this machine knows, such as a zone. */
  readonly onBroken: (job: LiveJob, error: unknown) => void;
  /** About every 30 s, with the present time: it was seen. */
  readonly onSeen: (now: number) => void;
  /** A pause with an end has come to it. */
  readonly onPauseOver: (job: LiveJob) => void;
}

export type PlannedEntry = DueEntry & { readonly delayMs?: number };

/** The longest the loop sleeps: a jump of the clock is noticed within this time. */
export const LONGEST_SLEEP_MS = 30_000;
/** After a refused plan. */
const TRY_AGAIN_AFTER_MS = 1000;
/** After a plan that could not be made. */
const BROKEN_AGAIN_AFTER_MS = 60 * 60_000;
/** What is due beyond this is planned a turn of the loop later, so that pages and people are not kept waiting. */
const LONGEST_TURN_MS = 5;

interface Armed {
  readonly job: LiveJob;
  readonly definition: JobDefinition;
  readonly zone: string;
  schedule: CompiledSchedule;
  repeat: Repeat | null;
  handingOver: Promise<void> | null;
  /** Its time came while it was being handed over, or changed. */
  isOverdue: boolean;
  /** `nextRunAt` as it was found last, and what it was found from. */
  next: NextRun | null;
}

interface NextRun {
  readonly schedule: CompiledSchedule;
  readonly after: number;
  readonly instant: number | null;
  readonly at: number | null;
}

/** The rest of what was due at a tick is judged as its beginning was. */
interface Backlog {
  readonly lateBeforeMs: number;
  /** Catch-ups that were handed over so far. */
  catchUps: number;
}

export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #armed = new Map<string, Armed>();
  readonly #heap = new WakeHeap<Armed>();
  /** Jobs that are being changed, and by how many. */
  readonly #changing = new Map<string, number>();
  #watch = new ClockWatch(null);
  #alarm: Timer | null = null;
  #alarmAt = Infinity;
  /** Not all that was due at the last tick is planned yet. */
  #backlog: Backlog | null = null;
  #zone = '';
  /** Monotonic. Asking for the zone costs as much as planning several jobs. */
  #zoneAskedAt = -Infinity;
  #seenAt = 0;
  #running = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /** Arms every job and begins; what was missed while the program was off is planned at once. */
  start(): void {
    this.#running = true;
    this.#zone = this.#deps.machineZone();
    this.#watch = new ClockWatch(this.#deps.lastSeen());
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
    this.#tick();
  }

  /** Plans handed over before this are carried out; no new ones are made. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm?.cancel();
    await Promise.all([...this.#armed.values()].flatMap((armed) => armed.handingOver ?? []));
  }

  /** The job is new, changed, paused, resumed, deleted, or its run has ended. */
  jobChanged(jobId: string): void {
    if (!this.#running) return;
    this.#arm(jobId);
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
    this.#zoneAskedAt = -Infinity;
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
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
    this.#changing.set(id, (this.#changing.get(id) ?? 0) + 1);
    try {
      return await this.#settle(job);
    } catch (error) {
      this.endChange(id);
      throw error;
    }
  }

  /** The job is as it will be, or gone: it is planned again. */
  endChange(jobId: string): void {
    const others = (this.#changing.get(jobId) ?? 1) - 1;
    if (others > 0) this.#changing.set(jobId, others);
    else this.#changing.delete(jobId);
    this.jobChanged(jobId);
  }

  /** When the job runs next by itself, epoch ms; null = not, or nobody knows while everything is held. */
  nextRunAt(job: LiveJob): number | null {
    const armed = this.#armed.get(job.definition.id);
    const after = armed ? this.#silentUntil(job) : null;
    return armed && after !== null ? this.#nextRun(armed, after) : null;
  }

  /** When it runs by itself from now on, epoch ms, as far as is known: none while a pause, or a held store, has no end. */
  nextInstants(job: LiveJob, count: number): number[] {
    const armed = this.#armed.get(job.definition.id);
    const found: number[] = [];
    let after = armed ? this.#silentUntil(job) : null;
    while (armed && after !== null && found.length < count) {
      after = armed.schedule.nextRunAfter(after);
      if (after !== null) found.push(armed.schedule.fireAt(after));
    }
    return found;
  }

  /** No instant up to here will run; null = none at all until somebody says so. */
  #silentUntil(job: LiveJob): number | null {
    if (!isActive(job) || this.#deps.isHeld()) return null;
    const now = this.#deps.clock.now();
    let after = Math.max(job.runtime.coveredUntil, now - 1);
    for (const { untilMs } of this.#pausesOf(job)) {
      if (untilMs === null) return null;
      if (untilMs > now) after = Math.max(after, untilMs - 1);
    }
    return after;
  }

  async #settle(job: LiveJob): Promise<number> {
    const { id } = job.definition;
    for (let armed = this.#armed.get(id); armed?.handingOver; armed = this.#armed.get(id))
      await armed.handingOver;
    const armed = this.#armed.get(id);
    const now = this.#deps.clock.now();
    if (!armed || !this.#running) return now;
    const { entries, coveredUntilMs } = settleDue(
      this.#input(armed, now, lateBefore(now, null, false)),
    );
    if (entries.length > 0) await this.#deps.submit(job, entries, coveredUntilMs);
    return coveredUntilMs;
  }

  /** Looking for the next run costs a walk through the calendar: what was found stays good until it has passed. */
  #nextRun(armed: Armed, after: number): number | null {
    const { schedule, next } = armed;
    if (next?.schedule === schedule && next.after <= after && (next.instant ?? Infinity) > after)
      return next.at;
    const instant = schedule.nextRunAfter(after);
    const at = instant === null ? null : schedule.fireAt(instant);
    armed.next = { schedule, after, instant, at };
    return at;
  }

  #arm(jobId: string, wakeAt = this.#deps.clock.now()): void {
    const job = this.#deps.jobs.get(jobId);
    const before = this.#armed.get(jobId);
    const armed = job ? this.#compiled(job, before) : null;
    if (before && before !== armed) this.#heap.set(before, null);
    if (armed) {
      this.#armed.set(jobId, armed);
      this.#heap.set(armed, wakeAt);
    } else {
      this.#armed.delete(jobId);
    }
  }

  /** A compiled schedule stays good while the declaration, the zone and (fixed-delay) the last run do. */
  #compiled(job: LiveJob, before: Armed | undefined): Armed | null {
    const { definition } = job;
    const isSame = before?.definition === definition && before.zone === this.#zone;
    if (isSame && definition.schedule.kind !== 'fixed-delay') return before;
    try {
      const schedule = this.#compile(job);
      if (isSame) {
        before.schedule = schedule;
        return before;
      }
      const handingOver = before?.handingOver ?? null;
      const repeat = this.#repeatOf(job, schedule);
      const fresh = { repeat, isOverdue: false, next: null };
      return { job, definition, zone: this.#zone, schedule, handingOver, ...fresh };
    } catch (error) {
      this.#deps.onBroken(job, error);
      return null;
    }
  }

  /** The clock was set back in an earlier life of the program, or of the job's declaration. */
  #repeatOf({ runtime }: LiveJob, schedule: CompiledSchedule): Repeat | null {
    const now = this.#deps.clock.now();
    if (runtime.coveredUntil <= now) return null;
    return startRepeat(schedule, runtime.coveredUntil, now, null, null);
  }

  #compile(job: LiveJob): CompiledSchedule {
    const { definition } = job;
    const isDelay = definition.schedule.kind === 'fixed-delay';
    return this.#deps.compile(definition.schedule, {
      machineZone: this.#zone,
      anchorMs: isDelay ? job.runtime.coveredSince : Date.parse(definition.createdAt),
      startAt: definition.startAt,
      endAt: definition.endAt,
      jitterMs: definition.jitterMs,
      blackouts: definition.blackouts,
      seed: definition.id,
      ...(isDelay ? { lastRun: this.#lastRun(job) } : {}),
    });
  }

  #lastRun(job: LiveJob): LastRun {
    if (this.#deps.isRunning(job.definition.id)) return { kind: 'running' };
    const { lastEndAt } = job.runtime;
    return lastEndAt === null ? { kind: 'none' } : { kind: 'ended', atMs: lastEndAt };
  }

  #tick(): void {
    if (!this.#running) return;
    const { clock, isHeld } = this.#deps;
    const previous = this.#watch.lastMs;
    const now: ClockReading = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    const verdict = this.#watch.look(now);
    this.#noticeZone(now.monotonicMs, verdict.kind !== 'none');
    this.#heed(verdict, now.wallMs);
    if (this.#watch.isBelieved && !isHeld()) {
      this.#noteSeen(now.wallMs);
      this.#planDueJobs(now.wallMs, previous, verdict.kind === 'jump');
    }
    this.#setAlarm();
  }

  #noteSeen(nowMs: number): void {
    if (Math.abs(nowMs - this.#seenAt) < LONGEST_SLEEP_MS) return;
    this.#seenAt = nowMs;
    this.#deps.onSeen(nowMs);
  }

  #noticeZone(monotonicMs: number, atOnce: boolean): void {
    if (!atOnce && monotonicMs - this.#zoneAskedAt < LONGEST_SLEEP_MS) return;
    this.#zoneAskedAt = monotonicMs;
    const zone = this.#deps.machineZone();
    if (zone === this.#zone) return;
    this.#zone = zone;
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
  }

  #heed(verdict: ClockVerdict, nowMs: number): void {
    if (verdict.kind === 'none') return;
    this.#deps.onClock(verdict);
    if (verdict.kind === 'unbelievable') return;
    const isJump = verdict.kind === 'jump';
    for (const armed of this.#armed.values()) {
      const { coveredUntil } = armed.job.runtime;
      if (isJump && verdict.byMs < 0 && coveredUntil > nowMs)
        armed.repeat = startRepeat(
          armed.schedule,
          coveredUntil,
          nowMs,
          verdict.expectedNowMs,
          armed.repeat,
        );
      armed.next = null;
      this.#heap.set(armed, nowMs);
    }
  }

  #planDueJobs(nowMs: number, previousTickMs: number | null, hasJumped: boolean): void {
    const { clock } = this.#deps;
    const judgedMs = lateBefore(nowMs, previousTickMs, hasJumped);
    const work = this.#backlog ?? { lateBeforeMs: judgedMs, catchUps: 0 };
    this.#backlog = null;
    const until = clock.monotonic() + LONGEST_TURN_MS;
    for (let armed = this.#heap.takeDue(nowMs); armed; armed = this.#heap.takeDue(nowMs)) {
      this.#planDueJob(armed, nowMs, work);
      if (clock.monotonic() < until) continue;
      this.#backlog = work;
      return;
    }
  }

  #planDueJob(armed: Armed, nowMs: number, work: Backlog): void {
    if (armed.handingOver || this.#changing.has(armed.definition.id)) {
      armed.isOverdue = true; // Planned as soon as that is over.
      return;
    }
    this.#resumeIfOver(armed.job, nowMs);
    const plan = this.#plan(armed, nowMs, work.lateBeforeMs);
    if (!plan || plan.entries.length === 0) return;
    const entries = plan.entries.map((entry) =>
      entry.kind === 'run' && entry.trigger === 'catch-up'
        ? { ...entry, delayMs: catchUpDelay(work.catchUps++, this.#armed.size) }
        : entry,
    );
    this.#handOver(armed, entries, plan.coveredUntilMs);
  }

  #plan(armed: Armed, nowMs: number, lateBeforeMs: number): DuePlan | null {
    try {
      const plan = planDue(this.#input(armed, nowMs, lateBeforeMs));
      armed.repeat = plan.repeat;
      this.#heap.set(armed, plan.wakeAtMs);
      return plan;
    } catch (error) {
      // One job that cannot be planned must not keep the others from running.
      this.#deps.onBroken(armed.job, error);
      this.#heap.set(armed, nowMs + BROKEN_AGAIN_AFTER_MS);
      return null;
    }
  }

  #handOver(armed: Armed, entries: readonly PlannedEntry[], coveredUntilMs: number): void {
    const { submit, clock } = this.#deps;
    const handingOver = submit(armed.job, entries, coveredUntilMs).then(
      () => this.#handedOver(armed, clock.now()),
      () => this.#handedOver(armed, clock.now() + TRY_AGAIN_AFTER_MS, true),
    );
    armed.handingOver = handingOver;
  }

  #handedOver(planned: Armed, wakeAt: number, wasRefused = false): void {
    const { id, schedule } = planned.definition;
    // Maybe compiled anew meanwhile.
    const armed = this.#armed.get(id);
    planned.handingOver = null;
    if (!armed) return;
    armed.handingOver = null;
    const isOverdue = armed.isOverdue || planned.isOverdue;
    armed.isOverdue = false;
    // A refused start of a fixed delay has no end to go on from.
    if (!wasRefused && !isOverdue && schedule.kind !== 'fixed-delay') return;
    this.#arm(id, wakeAt);
    this.#setAlarm();
  }

  #resumeIfOver(job: LiveJob, nowMs: number): void {
    const { state, pausedUntil } = job.runtime;
    if (state === 'paused' && pausedUntil !== null && pausedUntil <= nowMs)
      this.#deps.onPauseOver(job);
  }

  #input(armed: Armed, nowMs: number, lateBeforeMs: number): DueInput {
    const { job, schedule, repeat } = armed;
    return {
      schedule,
      nowMs,
      coveredUntilMs: job.runtime.coveredUntil,
      coveredSinceMs: job.runtime.coveredSince,
      repeat,
      isEnabled: job.definition.enabled,
      pauses: this.#pausesOf(job),
      missedRuns: job.definition.missedRuns,
      lateBeforeMs,
    };
  }

  #pausesOf(job: LiveJob): readonly Pause[] {
    const { pausedAt, pausedUntil } = job.runtime;
    const everything = this.#deps.pauses();
    return pausedAt === null
      ? everything
      : [...everything, { fromMs: pausedAt, untilMs: pausedUntil }];
  }

  #setAlarm(): void {
    if (!this.#running) return;
    const now = this.#deps.clock.now();
    const isIdle = this.#deps.isHeld() || !this.#watch.isBelieved;
    const next = isIdle ? Infinity : (this.#heap.peek()?.at ?? Infinity);
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

function isActive(job: LiveJob): boolean {
  return job.definition.enabled && job.runtime.state !== 'auto-paused';
}
