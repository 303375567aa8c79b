import type { Locale } from '../../../shared/i18n/locale.ts';
import type { JobOfSchedule } from '../../../shared/job.ts';
import type { Blackout, Schedule } from '../../../shared/schedule.ts';
import { compileSchedule } from './compile.ts';
import type { CompiledSchedule } from './compile.ts';
import { cronInstants } from './cron.ts';
import type { CronInstants } from './cron.ts';
import { describeSchedule } from './describe.ts';
import { scheduleWarnings, warningWords } from './warnings.ts';
import type { Zone } from './zone.ts';

/** What daylight saving does to an instant, if anything. */
export type DstMark = 'moved' | 'repeated-first' | 'repeated-second' | null;

export interface PreviewInstant {
  readonly atMs: number;
  readonly dst: DstMark;
}

export interface SchedulePreview {
  readonly instants: readonly PreviewInstant[];
  readonly description: string;
  readonly warnings: readonly string[];
}

export interface PreviewOptions {
  /** The first instant may be this one. */
  readonly fromMs: number;
  readonly count: number;
  readonly machineZone: string;
  readonly locale: Locale;
  /** The job that has the schedule; without it, the schedule alone begins with `fromMs`. */
  readonly job?: PreviewedJob;
}

/** What a job adds to its schedule. */
export interface PreviewedJob extends Pick<JobOfSchedule, 'id' | 'startAt' | 'endAt' | 'jitterMs'> {
  readonly blackouts: readonly Blackout[];
  /** When it was made, epoch ms; null: it is new. */
  readonly createdMs: number | null;
}

/** The next instants of a valid schedule, by the very code that fires them. */
export function previewSchedule(schedule: Schedule, options: PreviewOptions): SchedulePreview {
  const { fromMs, count, machineZone, locale } = options;
  const compiled = compilePreviewed(schedule, options);
  const cron = schedule.kind === 'cron' ? cronInstants(schedule.expression, compiled.zone) : null;
  return {
    instants: nextRuns(compiled, fromMs - 1, count).map((atMs) => ({
      atMs: compiled.fireAt(atMs),
      dst: dstMark(atMs, compiled.zone, cron),
    })),
    description: describeSchedule(schedule, machineZone, locale),
    warnings: scheduleWarnings(schedule, fromMs, machineZone).map((warning) =>
      warningWords(warning, compiled.zone.name, locale),
    ),
  };
}

function compilePreviewed(
  schedule: Schedule,
  { fromMs, machineZone, job }: PreviewOptions,
): CompiledSchedule {
  if (job === undefined) return compileSchedule(schedule, { machineZone, anchorMs: fromMs });
  const { id, createdMs, startAt, endAt, jitterMs, blackouts } = job;
  return compileSchedule(schedule, {
    machineZone,
    // A delay counts from the end of the last run, which may come at any time.
    anchorMs: schedule.kind === 'fixed-delay' ? fromMs : (createdMs ?? fromMs),
    startAt,
    endAt,
    blackouts,
    // How long each run of a job is put off depends on its id.
    ...(id === null ? {} : { jitterMs, seed: id }),
  });
}

/** What daylight saving does to each of the instants of a valid schedule. */
export function dstMarks(
  schedule: Schedule,
  machineZone: string,
  instants: readonly number[],
): DstMark[] {
  const { zone } = compileSchedule(schedule, { machineZone, anchorMs: instants[0] ?? 0 });
  const cron = schedule.kind === 'cron' ? cronInstants(schedule.expression, zone) : null;
  return instants.map((atMs) => dstMark(atMs, zone, cron));
}

/** The next `count` instants after `afterMs` that no blackout silences, before jitter. */
export function nextRuns(schedule: CompiledSchedule, afterMs: number, count: number): number[] {
  const runs: number[] = [];
  let next = schedule.nextRunAfter(afterMs);
  while (next !== null && runs.length < count) {
    runs.push(next);
    next = schedule.nextRunAfter(next);
  }
  return runs;
}

function dstMark(atMs: number, zone: Zone, cron: CronInstants | null): DstMark {
  if (cron?.isMoved(atMs) === true) return 'moved';
  const wallMs = atMs + zone.offsetAt(atMs);
  const [first, second] = [zone.instantOf(wallMs, 'earlier'), zone.instantOf(wallMs, 'later')];
  if (first === second) return null;
  return atMs === first ? 'repeated-first' : 'repeated-second';
}
