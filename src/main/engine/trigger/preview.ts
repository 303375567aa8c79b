import type { Locale } from '../../../shared/i18n/locale.ts';
import type { Schedule } from '../../../shared/schedule.ts';
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
}

/** The next instants of a valid schedule, by the very code that fires them. */
export function previewSchedule(schedule: Schedule, options: PreviewOptions): SchedulePreview {
  const { fromMs, count, machineZone, locale } = options;
  const compiled = compileSchedule(schedule, { machineZone, anchorMs: fromMs });
  const cron = schedule.kind === 'cron' ? cronInstants(schedule.expression, compiled.zone) : null;
  return {
    instants: nextRuns(compiled, fromMs - 1, count).map((atMs) => ({
      atMs,
      dst: dstMark(atMs, compiled.zone, cron),
    })),
    description: describeSchedule(schedule, machineZone, locale),
    warnings: scheduleWarnings(schedule, fromMs, machineZone).map((warning) =>
      warningWords(warning, compiled.zone.name, locale),
    ),
  };
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
