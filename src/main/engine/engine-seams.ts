import { assertNever } from '../../shared/assert-never.ts';
import type { Problem } from '../../shared/errors.ts';
import type { Pagination } from '../../shared/integration.ts';
import type { JobDefinition } from '../../shared/job.ts';
import type { Clock } from './clock.ts';
import { splitProblem } from './consumer/pagination/create-paginator.ts';
import type { DueEntry } from './jobs/start.ts';
import type { CheckProblem } from './pool/protocol.ts';
import type { ClockVerdict } from './scheduler/clock-watch.ts';
import type { PlannedEntry } from './scheduler/scheduler.ts';
import { validateSchedule, validateWindow } from './trigger/validate.ts';

/** The third page of the composition root: between what one stage says and what the next one takes. */

/** `pagination`: of the integration that the job runs. */
export async function checkJob(
  job: JobDefinition,
  pagination: Pagination | undefined,
  clock: Clock,
  machineZone: string,
  checkCondition: (when: string) => Promise<readonly CheckProblem[]>,
): Promise<readonly CheckProblem[]> {
  const { schedule } = job;
  const zone = (schedule.kind === 'manual' ? null : schedule.timeZone) ?? machineZone;
  const problems = [
    ...validateSchedule(schedule, { nowMs: clock.now(), machineZone }),
    ...validateWindow(job, zone),
    ...splitProblems(job, pagination),
  ].map((problem) => ({ ...problem, code: 'validation' as const }));
  return job.when === null ? problems : [...problems, ...(await checkCondition(job.when))];
}

function splitProblems(job: JobDefinition, pagination: Pagination | undefined): Problem[] {
  if (!job.splitPages || pagination === undefined) return [];
  const message = splitProblem(pagination);
  return message === null ? [] : [{ path: 'splitPages', message }];
}

export function toDueEntry(entry: PlannedEntry): DueEntry {
  if (entry.kind === 'span') {
    const { reason, fromMs, untilMs, occurrences } = entry;
    const span = {
      reason,
      trigger: 'schedule',
      from: fromMs,
      until: untilMs,
      occurrences,
    } as const;
    return { kind: 'span', span };
  }
  const { trigger, instantMs: scheduledFor, delayMs = null } = entry;
  return { kind: 'run', start: { trigger, triggeredBy: null, scheduledFor, delayMs } };
}

export function clockSentence(verdict: Exclude<ClockVerdict, { kind: 'none' }>): string {
  switch (verdict.kind) {
    case 'jump': {
      const seconds = Math.round(Math.abs(verdict.byMs) / 1000);
      const way = verdict.byMs < 0 ? 'back' : 'forward';
      return `The clock jumped ${seconds} s ${way}; what is due was computed anew.`;
    }
    case 'hold':
      return `The clock cannot be believed (${verdict.why}): schedules are paused until somebody resumes them.`;
    case 'unbelievable':
      return `The clock cannot be right (${verdict.why}): schedules wait until it is, or somebody resumes them.`;
    case 'believed':
      return 'The clock is believed again: schedules go on.';
    default:
      return assertNever(verdict);
  }
}
