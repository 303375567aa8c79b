import type { MissedRuns } from '../../../shared/schedule.ts';
import type { CompiledSchedule } from '../trigger/compile.ts';
import type { Instants } from '../trigger/instants.ts';
import { latestOpen, listOpen, segmentsOf, spansBetween } from './due-segments.ts';
import type { Pause, Segment, SkippedSpan } from './due-segments.ts';
import type { Repeat } from './repeat.ts';

/**
 * What is due, as a pure decision. A job's `coveredUntilMs` is durable: every due instant at or
 * before it has its row. A plan covers the instants from there to now, each in exactly one entry,
 * and moves the mark. Carrying a plan out and storing its mark must be one transaction.
 *
 * An instant is *fresh* when it is noticed in time, otherwise *late*. Fresh ones simply run. As
 * soon as late or paused ones are waiting too, the missed-run policy decides once about all of
 * them: the latest runs, or the last hundred, and the others become skipped spans.
 *
 * While a job is paused, the instants its policy would run on resuming stay uncovered; only what
 * can no longer run is written down as skipped.
 */
export interface DueInput {
  readonly schedule: CompiledSchedule;
  readonly nowMs: number;
  readonly coveredUntilMs: number;
  /** Since when this schedule has been in force: what lies before was never due. */
  readonly coveredSinceMs: number;
  /** Set while the clock shows times that it has shown before; see `startRepeat`. */
  readonly repeat: Repeat | null;
  readonly isEnabled: boolean;
  /** The pauses, of the job and of everything, that may touch uncovered instants. */
  readonly pauses: readonly Pause[];
  readonly missedRuns: MissedRuns;
  /** Instants that should have begun before this are late; see `lateBefore`. */
  readonly lateBeforeMs: number;
}

export interface DueRun {
  readonly kind: 'run';
  readonly trigger: 'schedule' | 'catch-up';
  /** Identifies the occurrence. */
  readonly instantMs: number;
  /** When the run should begin: the instant plus its jitter. */
  readonly startAtMs: number;
}

export type DueEntry = DueRun | SkippedSpan;

export interface DuePlan {
  /** In the order of their instants. */
  readonly entries: readonly DueEntry[];
  readonly coveredUntilMs: number;
  readonly repeat: Repeat | null;
  /** When to plan again at the latest, or null when nothing will be due without a change. */
  readonly wakeAtMs: number | null;
}

/** How many missed instants `run-all` catches up with. */
export const MOST_CATCH_UPS = 100;
/** How many fresh instants of one job one plan runs; a bound, far above what 2 s can hold. */
const MOST_FRESH_RUNS = 1000;
/** Skipped instants need no punctuality: they are written down about this often. */
export const SKIPPED_EVERY_MS = 30_000;

/** Plans one job. Pure; costs microseconds, also after years of absence. */
export function planDue(input: DueInput): DuePlan {
  const { nowMs, schedule } = input;
  if (!input.isEnabled) {
    const coveredUntilMs = Math.max(input.coveredUntilMs, nowMs);
    return { entries: [], coveredUntilMs, repeat: null, wakeAtMs: null };
  }
  if (schedule.kind === 'fixed-delay') return planFixedDelay(input);
  const repeated = planRepeated(input);
  const covered = planRange(
    input,
    schedule,
    input.coveredUntilMs,
    Math.max(input.coveredUntilMs, schedule.begunUntil(nowMs)),
  );
  const plan = {
    entries: [...repeated.entries, ...covered.entries],
    coveredUntilMs: covered.untilMs,
    repeat: repeated.repeat,
  };
  return { ...plan, wakeAtMs: wakeAt(input, plan) };
}

/**
 * The plan to carry out before a job is edited or deleted: nothing is left uncovered up to now, and
 * what would only be held back for later (a jitter still running, instants kept for the end of a
 * pause) becomes a skipped span instead of a run of the old definition.
 */
export function settleDue(input: DueInput): DuePlan {
  if (!input.isEnabled) return planDue(input);
  const isPaused = pauseAt(input.pauses, input.nowMs) !== null;
  const plan = planDue(
    isPaused ? { ...input, missedRuns: { policy: 'skip', withinMs: null } } : input,
  );
  const untilMs = Math.max(plan.coveredUntilMs, input.nowMs);
  const settled = { coveredUntilMs: untilMs, repeat: null, wakeAtMs: null };
  // What follows the one instant of a fixed delay depends on its end; nothing else is waiting.
  if (input.schedule.kind === 'fixed-delay' && plan.entries.length > 0) {
    return { ...settled, entries: plan.entries };
  }
  const segments = segmentsOf(input.schedule, input.pauses, plan.coveredUntilMs, untilMs);
  const rest = spansBetween(input.schedule, segments, plan.coveredUntilMs, untilMs);
  return { ...settled, entries: [...plan.entries, ...rest] };
}

interface CoveredRange {
  readonly entries: readonly DueEntry[];
  readonly untilMs: number;
}

/** Covers the instants in (afterMs, untilMs], or fewer while a pause holds some back. */
function planRange(
  input: DueInput,
  instants: Instants,
  afterMs: number,
  untilMs: number,
): CoveredRange {
  if (instants.countIn(afterMs, untilMs) === 0) return { entries: [], untilMs };
  const segments = segmentsOf(input.schedule, input.pauses, afterMs, untilMs);
  if (pauseAt(input.pauses, input.nowMs) !== null) {
    const [held] = catchUps(input, instants, afterMs, untilMs);
    const coveredMs = held === undefined ? untilMs : held - 1;
    return { entries: spansBetween(instants, segments, afterMs, coveredMs), untilMs: coveredMs };
  }
  const runs = chooseRuns(input, instants, segments, afterMs, untilMs);
  return { entries: weave(instants, segments, runs, afterMs, untilMs), untilMs };
}

/** Puts spans of skipped instants around and between the runs. */
function weave(
  instants: Instants,
  segments: readonly Segment[],
  runs: readonly DueRun[],
  afterMs: number,
  untilMs: number,
): DueEntry[] {
  const entries: DueEntry[] = [];
  let fromMs = afterMs;
  for (const run of runs) {
    entries.push(...spansBetween(instants, segments, fromMs, run.instantMs - 1), run);
    fromMs = run.instantMs;
  }
  entries.push(...spansBetween(instants, segments, fromMs, untilMs));
  return entries;
}

function chooseRuns(
  input: DueInput,
  instants: Instants,
  segments: readonly Segment[],
  afterMs: number,
  untilMs: number,
): DueRun[] {
  const { schedule } = input;
  const lateUntilMs = Math.min(untilMs, schedule.begunUntil(input.lateBeforeMs));
  const toRun = (trigger: DueRun['trigger']) => (instantMs: number) =>
    ({ kind: 'run', trigger, instantMs, startAtMs: schedule.fireAt(instantMs) }) as const;
  if (hasBacklog(input, instants, segments, afterMs, lateUntilMs)) {
    const missed = catchUps(input, instants, afterMs, untilMs);
    if (missed.length > 0) return missed.map(toRun('catch-up'));
  }
  return listOpen(instants, schedule, Math.max(afterMs, lateUntilMs), untilMs, MOST_FRESH_RUNS)
    .filter((instantMs) => pauseAt(input.pauses, instantMs) === null)
    .map(toRun('schedule'));
}

/** Whether an instant is waiting that should have run but could not, late or in a pause. */
function hasBacklog(
  input: DueInput,
  instants: Instants,
  segments: readonly Segment[],
  afterMs: number,
  lateUntilMs: number,
): boolean {
  if (latestOpen(instants, input.schedule, afterMs, lateUntilMs, 1).length > 0) return true;
  return segments.some(
    ({ reason, fromMs, untilMs }) =>
      reason === 'paused' &&
      latestOpen(instants, input.schedule, fromMs - 1, untilMs - 1, 1).length > 0,
  );
}

/** The instants that the missed-run policy runs, ascending. */
function catchUps(
  input: DueInput,
  instants: Instants,
  afterMs: number,
  untilMs: number,
): readonly number[] {
  const { policy, withinMs } = input.missedRuns;
  if (policy === 'skip') return [];
  const oldestMs = withinMs === null ? afterMs : Math.max(afterMs, input.nowMs - withinMs - 1);
  const most = policy === 'run-latest' ? 1 : MOST_CATCH_UPS;
  return latestOpen(instants, input.schedule, oldestMs, untilMs, most);
}

/** While the clock shows known times again, what follows real time goes on. */
function planRepeated(input: DueInput): {
  readonly entries: readonly DueEntry[];
  readonly repeat: Repeat | null;
} {
  const { repeat, coveredUntilMs, nowMs } = input;
  if (repeat === null) return { entries: [], repeat: null };
  const instants = input.schedule.repeated(repeat.pass, input.coveredSinceMs);
  const untilMs = Math.min(nowMs, coveredUntilMs);
  const isOver = nowMs >= coveredUntilMs;
  if (untilMs <= repeat.afterMs) return { entries: [], repeat: isOver ? null : repeat };
  const range = planRange(input, instants, repeat.afterMs, untilMs);
  return {
    entries: range.entries,
    repeat: isOver ? null : { ...repeat, afterMs: range.untilMs },
  };
}

/**
 * A fixed-delay job has one due instant at a time, and the chain must survive when that one does
 * not run: it then goes on from now. During a pause or a blackout the instant waits for the end.
 */
function planFixedDelay(input: DueInput): DuePlan {
  const { schedule, nowMs, coveredUntilMs } = input;
  const repeat = nowMs < coveredUntilMs ? input.repeat : null;
  const keep = { entries: [], coveredUntilMs, repeat };
  const next = nextOfChain(schedule, coveredUntilMs, repeat, nowMs);
  if (next === null) return { ...keep, wakeAtMs: null };
  const startAtMs = schedule.fireAt(next);
  if (startAtMs > nowMs) return { ...keep, wakeAtMs: startAtMs };
  const pause = pauseAt(input.pauses, nowMs);
  if (pause !== null) return { ...keep, wakeAtMs: pause.untilMs };
  const silence = schedule.blackouts.spanAt(nowMs);
  if (silence !== null) {
    return { ...keep, wakeAtMs: Number.isFinite(silence.untilMs) ? silence.untilMs : null };
  }
  const { entries } = planRange(input, schedule.alone(next), next - 1, next);
  const isRun = entries.some((entry) => entry.kind === 'run');
  const markMs = isRun ? next : nowMs;
  const marked = {
    coveredUntilMs: Math.max(coveredUntilMs, markMs),
    repeat: repeat === null ? null : { ...repeat, afterMs: markMs },
  };
  // Once it runs, its end is what wakes the job.
  const following = nextOfChain(schedule, marked.coveredUntilMs, marked.repeat, nowMs);
  return { entries, ...marked, wakeAtMs: isRun ? null : following };
}

function nextOfChain(
  schedule: CompiledSchedule,
  coveredUntilMs: number,
  repeat: Repeat | null,
  nowMs: number,
): number | null {
  if (repeat === null) return schedule.nextAfter(coveredUntilMs);
  const next = schedule.nextAfter(repeat.afterMs);
  // An end from before the clock was set back lies in the future; the repeat has waited for it.
  const isEndAhead = schedule.endedAtMs !== null && schedule.endedAtMs > nowMs;
  return next !== null && isEndAhead ? repeat.afterMs + 1 : next;
}

function wakeAt(input: DueInput, plan: Omit<DuePlan, 'wakeAtMs'>): number | null {
  const { schedule, nowMs } = input;
  const next = earliest(
    schedule.nextAfter(plan.coveredUntilMs),
    plan.repeat === null
      ? null
      : schedule.repeated(plan.repeat.pass, input.coveredSinceMs).nextAfter(plan.repeat.afterMs),
  );
  const pause = pauseAt(input.pauses, nowMs);
  if (pause !== null) {
    const afterNow = schedule.nextAfter(nowMs);
    const cover = afterNow === null ? null : Math.max(afterNow, nowMs + SKIPPED_EVERY_MS);
    return earliest(pause.untilMs, cover);
  }
  if (next === null) return null;
  const silence = schedule.blackouts.spanAt(next);
  const dueMs = schedule.fireAt(next);
  if (silence === null) return dueMs;
  return Math.max(dueMs, Math.min(nowMs + SKIPPED_EVERY_MS, silence.untilMs));
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** The pause in force at `ms` that lasts longest, or null. */
function pauseAt(pauses: readonly Pause[], ms: number): Pause | null {
  let longest: Pause | null = null;
  for (const pause of pauses) {
    if (ms < pause.fromMs || (pause.untilMs !== null && ms >= pause.untilMs)) continue;
    if (longest === null || (longest.untilMs !== null && endOf(pause) > longest.untilMs)) {
      longest = pause;
    }
  }
  return longest;
}

const endOf = (pause: Pause): number => pause.untilMs ?? Infinity;
