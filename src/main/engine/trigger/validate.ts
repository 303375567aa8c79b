import { assertNever } from '../../../shared/assert-never.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { OneTimeSchedule, Schedule } from '../../../shared/schedule.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
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
    return [{ path: `${path}.timeZone`, ...zoneProblem(timeZone) }];
  }
  const found = findProblem(schedule, options);
  return found === null ? [] : [{ path: `${path}.${found.field}`, ...found.sentence }];
}

/** Why a job's own window cannot be meant: it must end after it begins. */
export function validateWindow(
  window: { readonly startAt: string | null; readonly endAt: string | null },
  zoneName: string,
): Problem[] {
  if (window.startAt === null || window.endAt === null || !isKnown(zoneName)) return [];
  const zone = zoneOf(zoneName);
  if (parseTime(window.startAt, zone) < parseTime(window.endAt, zone)) return [];
  const [start, end] = [window.startAt, window.endAt];
  return [{ path: 'endAt', ...say('endBeforeStart', { start, end }) }];
}

interface FieldProblem {
  readonly field: string;
  readonly sentence: Sentence;
}

function findProblem(
  schedule: Exclude<Schedule, { kind: 'manual' }>,
  options: ValidateOptions,
): FieldProblem | null {
  switch (schedule.kind) {
    case 'cron': {
      const sentence = cronProblem(schedule.expression) ?? neverComes(schedule, options);
      return sentence && { field: 'expression', sentence };
    }
    case 'one-time': {
      const sentence = oneTimeProblem(schedule, options);
      return sentence && { field: 'at', sentence };
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
): Sentence | null {
  const { nowMs, machineZone } = options;
  const next = compileSchedule(schedule, { machineZone, anchorMs: nowMs }).nextAfter(nowMs);
  if (next !== null) return null;
  return say('cronNever', { expression: schedule.expression });
}

function oneTimeProblem(schedule: OneTimeSchedule, options: ValidateOptions): Sentence | null {
  const zone = zoneOf(schedule.timeZone ?? options.machineZone);
  const atMs = parseTime(schedule.at, zone);
  if (Number.isNaN(atMs) || atMs > END_OF_CALENDAR_MS) {
    return say('noTime', { text: schedule.at });
  }
  const { nowMs, pastAllowedMs = PAST_ALLOWED_MS } = options;
  if (atMs >= nowMs - pastAllowedMs) return null;
  const now = formatWallTime(nowMs, zone);
  return say('timeIsPast', { text: schedule.at, now, zone: zone.name });
}

function zoneProblem(name: string): Sentence {
  return name === '' ? say('zoneEmpty') : say('zoneUnknown', { name });
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
