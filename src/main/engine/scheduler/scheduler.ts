import type { JobDefinition } from '../../../shared/job.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Clock, Timer } from '../clock.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { CompiledSchedule, CompileOptions } from '../trigger/compile.ts';
import type { LastRun } from '../trigger/fixed-delay.ts';
import type { Alarm } from './alarm.ts';
import { detectJump, type ClockJump, type ClockReading } from './clock-jump.ts';
import type { Pause } from './due-segments.ts';
import { planDue, settleDue, type DueEntry, type DueInput, type DuePlan } from './due.ts';
import { catchUpDelay, lateBefore } from './lateness.ts';
import { startRepeat, type Repeat } from './repeat.ts';
import { WakeHeap } from './wake-heap.ts';

/**
 * The thin loop around `planDue`: it sleeps until the next job wakes, 30 s at most, looks whether the clock has
 * jumped, plans the jobs whose time has come, and hands the plans over. A plan is handed over one at a time per job;
 * when it is refused, its instants are simply due again.
 */
export interface SchedulerDeps {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly compile: (schedule: Schedule, options: CompileOptions) => CompiledSchedule;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly machineZone: () => string;
  /** Pauses of everything that may touch instants which are not covered yet. */
  readonly pauses: () => readonly Pause[];
  /** Nothing is planned now, because nothing could be written down; instants stay due. */
  readonly isHeld: () => boolean;
  readonly isRunning: (jobId: string) => boolean;
  /** `delayMs` spreads catch-ups out. Rejects when nothing was stored. */
  readonly submit: (
    job: LiveJob,
    entries: readonly PlannedEntry[],
    coveredUntil: number,
  ) => Promise<void>;
  readonly onJump: (jump: Exclude<ClockJump, { kind: 'none' }>) => void;
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

interface Armed {
  readonly job: LiveJob;
  readonly definition: JobDefinition;
  readonly zone: string;
  schedule: CompiledSchedule;
  repeat: Repeat | null;
  handingOver: Promise<void> | null;
}

export class Scheduler {
  readonly #deps: SchedulerDeps;
  readonly #armed = new Map<string, Armed>();
  readonly #heap = new WakeHeap<Armed>();
  #alarm: Timer | null = null;
  #alarmAt = Infinity;
  #last: ClockReading | null = null;
  #zone = '';
  #seenAt = 0;
  #running = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /** Arms every job and begins; what was missed while the program was off is planned at once. */
  start(): void {
    this.#running = true;
    this.#zone = this.#deps.machineZone();
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
    this.#tick();
  }

  /** Plans handed over before this are carried out; no new ones are made. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#alarm?.cancel();
    await Promise.allSettled([...this.#armed.values()].map((armed) => armed.handingOver));
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
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
    this.#tick();
  }

  /** Covers what is due up to now by the job's present declaration; done before that is changed. */
  async settle(job: LiveJob): Promise<void> {
    const armed = this.#armed.get(job.definition.id);
    if (!armed || !this.#running) return;
    await armed.handingOver?.catch(() => undefined);
    const plan = settleDue(this.#input(armed, this.#deps.clock.now(), false));
    if (plan.entries.length > 0) await this.#deps.submit(job, plan.entries, plan.coveredUntilMs);
  }

  /** When the job runs next by itself, epoch ms; null = not. */
  nextRunAt(job: LiveJob): number | null {
    const armed = this.#armed.get(job.definition.id);
    if (!armed || !isActive(job)) return null;
    const now = this.#deps.clock.now();
    const openEnd = this.#pausesOf(job).find((pause) => pause.untilMs === null);
    if (openEnd) return null;
    const resumed = Math.max(...this.#pausesOf(job).map((pause) => pause.untilMs ?? 0), 0);
    const after = Math.max(job.runtime.coveredUntil, resumed > now ? resumed - 1 : now - 1);
    const next = armed.schedule.nextRunAfter(after);
    return next === null ? null : armed.schedule.fireAt(next);
  }

  /** The next instants at which it would run, pauses left aside. */
  nextInstants(job: LiveJob, count: number): number[] {
    const armed = this.#armed.get(job.definition.id);
    const found: number[] = [];
    let after = Math.max(job.runtime.coveredUntil, this.#deps.clock.now() - 1);
    while (armed && found.length < count) {
      const next = armed.schedule.nextRunAfter(after);
      if (next === null) break;
      found.push(armed.schedule.fireAt(next));
      after = next;
    }
    return found;
  }

  #arm(jobId: string, wakeAt = this.#deps.clock.now()): void {
    const job = this.#deps.jobs.get(jobId);
    const before = this.#armed.get(jobId);
    if (!job) {
      if (before) this.#heap.set(before, null);
      this.#armed.delete(jobId);
      return;
    }
    const armed = this.#compiled(job, before);
    this.#armed.set(jobId, armed);
    if (before && before !== armed) this.#heap.set(before, null);
    this.#heap.set(armed, wakeAt);
  }

  /** A compiled schedule stays good while the declaration, the zone and (fixed-delay) the last run do. */
  #compiled(job: LiveJob, before: Armed | undefined): Armed {
    const { definition } = job;
    const isDelay = definition.schedule.kind === 'fixed-delay';
    if (before?.definition === definition && before.zone === this.#zone && !isDelay) return before;
    const schedule = this.#deps.compile(definition.schedule, {
      machineZone: this.#zone,
      anchorMs: isDelay ? job.runtime.coveredSince : Date.parse(definition.createdAt),
      startAt: definition.startAt,
      endAt: definition.endAt,
      jitterMs: definition.jitterMs,
      blackouts: definition.blackouts,
      seed: definition.id,
      ...(isDelay ? { lastRun: this.#lastRun(job) } : {}),
    });
    if (before?.definition === definition && before.zone === this.#zone) {
      before.schedule = schedule;
      return before;
    }
    const handingOver = before?.handingOver ?? null;
    return { job, definition, zone: this.#zone, schedule, repeat: null, handingOver };
  }

  #lastRun(job: LiveJob): LastRun {
    if (this.#deps.isRunning(job.definition.id)) return { kind: 'running' };
    const { lastEndAt } = job.runtime;
    return lastEndAt === null ? { kind: 'none' } : { kind: 'ended', atMs: lastEndAt };
  }

  #tick(): void {
    if (!this.#running) return;
    const { clock } = this.#deps;
    const now: ClockReading = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
    const jump = this.#last ? detectJump(this.#last, now) : { kind: 'none' as const };
    const previous = this.#last?.wallMs ?? null;
    this.#last = now;
    this.#noticeZone();
    if (jump.kind !== 'none') this.#jumped(jump, now.wallMs);
    if (Math.abs(now.wallMs - this.#seenAt) >= LONGEST_SLEEP_MS) {
      this.#seenAt = now.wallMs;
      this.#deps.onSeen(now.wallMs);
    }
    if (!this.#deps.isHeld()) this.#planDueJobs(now.wallMs, previous, jump.kind !== 'none');
    this.#setAlarm();
  }

  #noticeZone(): void {
    const zone = this.#deps.machineZone();
    if (zone === this.#zone) return;
    this.#zone = zone;
    for (const id of this.#deps.jobs.keys()) this.#arm(id);
  }

  #jumped(jump: Exclude<ClockJump, { kind: 'none' }>, nowMs: number): void {
    this.#deps.onJump(jump);
    const expected = jump.kind === 'jump' ? jump.expectedNowMs : null;
    for (const armed of this.#armed.values()) {
      const { coveredUntil } = armed.job.runtime;
      if (jump.byMs < 0 && coveredUntil > nowMs)
        armed.repeat = startRepeat(armed.schedule, coveredUntil, nowMs, expected, armed.repeat);
      this.#heap.set(armed, nowMs);
    }
  }

  #planDueJobs(nowMs: number, previousTickMs: number | null, hasJumped: boolean): void {
    const lateBeforeMs = lateBefore(nowMs, previousTickMs, hasJumped);
    const plans: { armed: Armed; plan: DuePlan }[] = [];
    for (let armed = this.#heap.takeDue(nowMs); armed; armed = this.#heap.takeDue(nowMs)) {
      if (armed.handingOver) continue; // Planned again as soon as that is over.
      this.#resumeIfOver(armed.job, nowMs);
      const plan = planDue({ ...this.#input(armed, nowMs, hasJumped), lateBeforeMs });
      armed.repeat = plan.repeat;
      this.#heap.set(armed, plan.wakeAtMs);
      if (plan.entries.length > 0) plans.push({ armed, plan });
    }
    this.#handOverAll(plans);
  }

  #handOverAll(plans: readonly { armed: Armed; plan: DuePlan }[]): void {
    const isCatchUp = (entry: DueEntry) => entry.kind === 'run' && entry.trigger === 'catch-up';
    const count = plans.reduce((sum, { plan }) => sum + plan.entries.filter(isCatchUp).length, 0);
    let index = 0;
    for (const { armed, plan } of plans)
      this.#handOver(
        armed,
        plan.entries.map((entry) =>
          isCatchUp(entry) ? { ...entry, delayMs: catchUpDelay(index++, count) } : entry,
        ),
        plan.coveredUntilMs,
      );
  }

  #handOver(armed: Armed, entries: readonly PlannedEntry[], coveredUntilMs: number): void {
    const { submit, clock } = this.#deps;
    const again = (delayMs: number) => {
      armed.handingOver = null;
      const current = this.#armed.get(armed.job.definition.id);
      if (!current) return;
      current.handingOver = null;
      this.#arm(armed.job.definition.id, clock.now() + delayMs);
      this.#setAlarm();
    };
    armed.handingOver = submit(armed.job, entries, coveredUntilMs).then(
      () => again(0),
      () => again(TRY_AGAIN_AFTER_MS),
    );
  }

  #resumeIfOver(job: LiveJob, nowMs: number): void {
    const { state, pausedUntil } = job.runtime;
    if (state === 'paused' && pausedUntil !== null && pausedUntil <= nowMs)
      this.#deps.onPauseOver(job);
  }

  #input(armed: Armed, nowMs: number, hasJumped: boolean): DueInput {
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
      lateBeforeMs: lateBefore(nowMs, null, hasJumped),
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
    const next = this.#deps.isHeld() ? Infinity : (this.#heap.peek()?.at ?? Infinity);
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
