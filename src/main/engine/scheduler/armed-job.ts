import type { JobDefinition } from '../../../shared/job.ts';
import type { LiveJob } from '../jobs/live-job.ts';
import type { CompiledSchedule } from '../trigger/compile.ts';
import type { DueInput } from './due.ts';
import type { Pause } from './due-segments.ts';
import type { Repeat } from './repeat.ts';

/** `nextRunAt` as it was found last, and what it was found from. */
interface NextRun {
  readonly schedule: CompiledSchedule;
  readonly after: number;
  readonly instant: number | null;
  readonly at: number | null;
}

/** A job as the loop knows it: by one declaration and in one zone, ready to be planned. */
export class ArmedJob {
  readonly job: LiveJob;
  readonly definition: JobDefinition;
  readonly zone: string;
  schedule: CompiledSchedule;
  repeat: Repeat | null;
  handingOver: Promise<void> | null = null;
  /** Its time came while it was being handed over, or changed. */
  isOverdue = false;
  #next: NextRun | null = null;

  constructor(job: LiveJob, zone: string, schedule: CompiledSchedule, repeat: Repeat | null) {
    this.job = job;
    this.definition = job.definition;
    this.zone = zone;
    this.schedule = schedule;
    this.repeat = repeat;
  }

  /** When it runs first after `after`, epoch ms. That costs a walk through the calendar: it is kept until it has passed. */
  nextRunAfter(after: number): number | null {
    const { schedule } = this;
    const known = this.#next;
    if (known?.schedule === schedule && known.after <= after && after < (known.instant ?? Infinity))
      return known.at;
    const instant = schedule.nextRunAfter(after);
    const at = instant === null ? null : schedule.fireAt(instant);
    this.#next = { schedule, after, instant, at };
    return at;
  }

  /** The clock is another one now. */
  forgetNextRun(): void {
    this.#next = null;
  }

  dueInput(nowMs: number, lateBeforeMs: number, pauses: readonly Pause[]): DueInput {
    const { runtime, definition } = this.job;
    return {
      schedule: this.schedule,
      nowMs,
      coveredUntilMs: runtime.coveredUntil,
      coveredSinceMs: runtime.coveredSince,
      repeat: this.repeat,
      isEnabled: definition.enabled,
      pauses,
      missedRuns: definition.missedRuns,
      lateBeforeMs,
    };
  }
}
