import { assertNever } from '../../shared/assert-never.ts';
import type { Problem } from '../../shared/errors.ts';
import type { Integration, Pagination } from '../../shared/integration.ts';
import type { JobDefinition } from '../../shared/job.ts';
import { say } from '../../shared/sentences.ts';
import type { Clock } from './clock.ts';
import { splitProblem } from './consumer/pagination/create-paginator.ts';
import { namesOf } from './jobs/refusals.ts';
import type { DueEntry } from './jobs/start.ts';
import type { CheckProblem } from './pool/protocol.ts';
import type { ClockVerdict } from './scheduler/clock-watch.ts';
import type { PlannedEntry } from './scheduler/job-planner.ts';
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
  const problem = splitProblem(pagination);
  return problem === null ? [] : [{ path: 'splitPages', ...problem }];
}

/** What a change of an integration would break of the jobs that run it: found here, not at their next run. */
export function usersProblems(
  { pagination }: Integration,
  users: readonly JobDefinition[],
): CheckProblem[] {
  const splitting = users.filter(({ splitPages }) => splitPages);
  const problem = splitting.length === 0 ? null : splitProblem(pagination);
  if (problem === null) return [];
  const isBySize = problem.says.key === 'splitNeedsSize';
  const data = { jobs: namesOf(splitting), kind: pagination.kind };
  return [
    {
      path: isBySize ? 'pagination.size' : 'pagination.kind',
      ...(isBySize ? say('splitUsersNeedSize', data) : say('splitUsers', data)),
      code: 'validation',
    },
  ];
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
