import type { CompiledSchedule } from '../trigger/compile.ts';

/**
 * The clock was set back, so it shows times again whose instants already have their rows. As in
 * the hour that autumn repeats, fixed times do not run twice, and what follows real time goes on:
 * it would otherwise be silent until the clock has caught up. An instant is unique for ever, so
 * the second time around it is `pass` ms later, the third time one more.
 *
 * Kept in memory only: after a restart the stretch simply begins again at the present time, and
 * the store refuses what it already has.
 */
export interface Repeat {
  /** Repeated instants up to here are covered. */
  readonly afterMs: number;
  readonly pass: number;
}

/** Rather two seconds early than, missed by a hair, a whole period late. */
const EARLY_MS = 2000;

/**
 * Begins a repeat after the clock was set back from `expectedNowMs` (null when unknown, as after a
 * restart) to `nowMs`, before the job's covered mark. The first repeated instant comes no earlier
 * in real time than the next one would have come, so a small correction doubles nothing.
 */
export function startRepeat(
  schedule: CompiledSchedule,
  coveredUntilMs: number,
  nowMs: number,
  expectedNowMs: number | null,
  previous: Repeat | null,
): Repeat {
  const pass = (previous?.pass ?? 0) + 1;
  const next = schedule.followsRealTime ? schedule.nextAfter(coveredUntilMs) : null;
  const waitMs = next === null || expectedNowMs === null ? 0 : next - expectedNowMs;
  return { afterMs: Math.max(nowMs, nowMs + waitMs - EARLY_MS), pass };
}

/** What a job repeats after a restart, or by a new declaration: the clock may have been set back in an earlier life. */
export function repeatFromCoverage(
  schedule: CompiledSchedule,
  coveredUntilMs: number,
  nowMs: number,
): Repeat | null {
  return coveredUntilMs <= nowMs ? null : startRepeat(schedule, coveredUntilMs, nowMs, null, null);
}

/** What a job repeats after a jump of the clock: only one that was set back shows times that it has shown before. */
export function repeatAfterJump(
  { schedule, repeat }: { readonly schedule: CompiledSchedule; readonly repeat: Repeat | null },
  coveredUntilMs: number,
  nowMs: number,
  jump: { readonly byMs: number; readonly expectedNowMs: number },
): Repeat | null {
  if (jump.byMs >= 0 || coveredUntilMs <= nowMs) return repeat;
  return startRepeat(schedule, coveredUntilMs, nowMs, jump.expectedNowMs, repeat);
}
