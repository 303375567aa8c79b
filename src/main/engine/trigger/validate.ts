import { assertNever } from '../../../shared/assert-never.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { OneTimeSchedule, Schedule } from '../../../shared/schedule.ts';
import { compileSchedule } from './compile.ts';
import { cronProblem } from './cron-problem.ts';
import { formatWallTime, parseTime } from './local-time.ts';
import { isZoneName, zoneOf } from './zone.ts';

export interface ValidateOptions {
  readonly nowMs: number;
  readonly machineZone: string;
  /** How far in the past a one-time may lie; it then runs at once. */
  readonly pastAllowedMs?: number;
  /** Where the schedule stands in the input, for the problems' paths. */
  readonly path?: string;
}

/** A request takes its time: what was "now" when it was sent is not refused on arrival. */
const PAST_ALLOWED_MS = 1000;
/** The last instant that a date with four digits of year can name. */
const END_OF_CALENDAR_MS = Date.UTC(9999, 11, 31);

/**
 * Why a schedule cannot be meant: unknown zones, expressions that say nothing or never come, times
 * that are over. Empty when it is fine. The shape is expected to be right already.
 */
export function validateSchedule(schedule: Schedule, options: ValidateOptions): Problem[] {
  if (schedule.kind === 'manual') return [];
  const path = options.path ?? 'schedule';
  const { timeZone } = schedule;
  if (timeZone !== null && !isZoneName(timeZone)) {
    return [{ path: `${path}.timeZone`, message: zoneProblem(timeZone) }];
  }
  const found = findProblem(schedule, options);
  return found === null ? [] : [{ path: `${path}.${found.field}`, message: found.message }];
}

/** Why a job's own window cannot be meant: it must end after it begins. */
export function validateWindow(
  window: { readonly startAt: string | null; readonly endAt: string | null },
  zoneName: string,
): Problem[] {
  if (window.startAt === null || window.endAt === null || !isKnown(zoneName)) return [];
  const zone = zoneOf(zoneName);
  if (parseTime(window.startAt, zone) < parseTime(window.endAt, zone)) return [];
  const message = `The end ${window.endAt} is not after the start ${window.startAt}; expected a later time.`;
  return [{ path: 'endAt', message }];
}

interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

function findProblem(
  schedule: Exclude<Schedule, { kind: 'manual' }>,
  options: ValidateOptions,
): FieldProblem | null {
  switch (schedule.kind) {
    case 'cron': {
      const message = cronProblem(schedule.expression) ?? neverComes(schedule, options);
      return message === null ? null : { field: 'expression', message };
    }
    case 'one-time': {
      const message = oneTimeProblem(schedule, options);
      return message === null ? null : { field: 'at', message };
    }
    case 'fixed-rate':
    case 'fixed-delay':
      return null;
    default:
      return assertNever(schedule);
  }
}

function neverComes(
  schedule: Schedule & { kind: 'cron' },
  options: ValidateOptions,
): string | null {
  const { nowMs, machineZone } = options;
  const next = compileSchedule(schedule, { machineZone, anchorMs: nowMs }).nextAfter(nowMs);
  if (next !== null) return null;
  return `"${schedule.expression}" names a day that never comes (such as 30 February); expected one that exists.`;
}

function oneTimeProblem(schedule: OneTimeSchedule, options: ValidateOptions): string | null {
  const zone = zoneOf(schedule.timeZone ?? options.machineZone);
  const atMs = parseTime(schedule.at, zone);
  if (Number.isNaN(atMs) || atMs > END_OF_CALENDAR_MS) {
    return `"${schedule.at}" is not a time; expected one such as 2030-01-31T08:00:00Z.`;
  }
  const { nowMs, pastAllowedMs = PAST_ALLOWED_MS } = options;
  if (atMs >= nowMs - pastAllowedMs) return null;
  return `${schedule.at} is in the past (it is ${formatWallTime(nowMs, zone)} in ${zone.name}); expected a time to come.`;
}

function zoneProblem(name: string): string {
  if (name === '')
    return 'The time zone is empty; expected a place such as America/Sao_Paulo, UTC, or null for the machine’s own.';
  return `"${name}" is not a time zone of the IANA list that this machine knows; expected a place such as America/Sao_Paulo, or UTC.`;
}

/** The machine's own zone may carry a name that nobody would be allowed to choose. */
function isKnown(zoneName: string): boolean {
  try {
    zoneOf(zoneName);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
