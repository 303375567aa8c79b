import type { Schedule } from '../../../shared/schedule.ts';
import type { Clock } from '../clock.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { CompiledSchedule, CompileOptions } from '../trigger/compile.ts';
import { ArmedJob } from './armed-job.ts';
import { compileOptions } from './compile-options.ts';
import { repeatFromCoverage } from './repeat.ts';
import { WakeHeap } from './wake-heap.ts';

export interface ArmedJobsDeps {
  readonly clock: Clock;
  readonly jobs: ReadonlyMap<string, LiveJob>;
  readonly compile: (schedule: Schedule, options: CompileOptions) => CompiledSchedule;
  readonly isRunning: (jobId: string) => boolean;
  /** The job cannot be planned: its schedule is beyond what this machine knows, such as a zone. */
  readonly onBroken: (job: LiveJob, error: unknown) => void;
}

/** The jobs that can be planned, and when each wants to be looked at next. */
export class ArmedJobs {
  readonly #deps: ArmedJobsDeps;
  readonly #machineZone: () => string;
  readonly #armed = new Map<string, ArmedJob>();
  readonly #heap = new WakeHeap<ArmedJob>();

  constructor(deps: ArmedJobsDeps, machineZone: () => string) {
    this.#deps = deps;
    this.#machineZone = machineZone;
  }

  get size(): number {
    return this.#armed.size;
  }

  /** When one of them wants to be looked at; Infinity: none does. */
  get nextWakeAt(): number {
    return this.#heap.peek()?.at ?? Infinity;
  }

  get(jobId: string): ArmedJob | undefined {
    return this.#armed.get(jobId);
  }

  values(): IterableIterator<ArmedJob> {
    return this.#armed.values();
  }

  /** Takes the job as it is now, or not at all any more; it is looked at at `wakeAt`. */
  arm(jobId: string, wakeAt = this.#deps.clock.now()): void {
    const job = this.#deps.jobs.get(jobId);
    const before = this.#armed.get(jobId);
    const armed = job ? this.#asItIs(job, before) : null;
    if (before && before !== armed) this.#heap.set(before, null);
    if (armed) {
      this.#armed.set(jobId, armed);
      this.#heap.set(armed, wakeAt);
    } else {
      this.#armed.delete(jobId);
    }
  }

  armAll(): void {
    for (const id of this.#deps.jobs.keys()) this.arm(id);
  }

  /** null: not before something changes. */
  wake(armed: ArmedJob, at: number | null): void {
    this.#heap.set(armed, at);
  }

  takeDue(now: number): ArmedJob | undefined {
    return this.#heap.takeDue(now);
  }

  /** A compiled schedule stays good while the declaration, the zone and (fixed-delay) the last run do. */
  #asItIs(job: LiveJob, before: ArmedJob | undefined): ArmedJob | null {
    const { definition } = job;
    const zone = this.#machineZone();
    const isSame = before?.definition === definition && before.zone === zone;
    if (isSame && definition.schedule.kind !== 'fixed-delay') return before;
    try {
      const schedule = this.#compile(job, zone);
      if (isSame) {
        before.schedule = schedule;
        return before;
      }
      const repeat = repeatFromCoverage(schedule, job.runtime.coveredUntil, this.#deps.clock.now());
      const armed = new ArmedJob(job, zone, schedule, repeat);
      armed.handingOver = before?.handingOver ?? null;
      return armed;
    } catch (error) {
      this.#deps.onBroken(job, error);
      return null;
    }
  }

  #compile(job: LiveJob, zone: string): CompiledSchedule {
    const { compile, isRunning } = this.#deps;
    return compile(job.definition.schedule, compileOptions(job, zone, isRunning));
  }
}
