import { assertNever } from '../../../shared/assert-never.ts';
import type { Blackout, Schedule } from '../../../shared/schedule.ts';
import { Blackouts } from './blackout.ts';
import { cronInstants } from './cron.ts';
import { fixedDelay } from './fixed-delay.ts';
import type { LastRun } from './fixed-delay.ts';
import { fixedRate } from './fixed-rate.ts';
import { listInstants, NO_INSTANTS, singleInstant, withinWindow } from './instants.ts';
import type { Instants } from './instants.ts';
import { steadyFraction } from './jitter.ts';
import { parseTime } from './local-time.ts';
import { repeatPass } from './repeat-pass.ts';
import { zoneOf } from './zone.ts';
import type { Zone } from './zone.ts';

/** What a schedule needs to know besides itself. */
export interface CompileOptions {
  /** The zone of schedules that name none. */
  readonly machineZone: string;
  /** When the job was created, epoch ms: where fixed rates and delays without a start begin. */
  readonly anchorMs: number;
  /** The job's own window, as written; instants from `startAt` (inclusive) to `endAt` (exclusive). */
  readonly startAt?: string | null;
  readonly endAt?: string | null;
  readonly jitterMs?: number;
  readonly blackouts?: readonly Blackout[];
  /** Makes the jitter of one job differ from that of another: the job's id. */
  readonly seed?: string;
  /** Fixed-delay only: what became of the last run. */
  readonly lastRun?: LastRun;
}

const NO_BLACKOUTS: readonly Blackout[] = [];
/** How many silences in a row are skipped in search of an instant that may run. */
const MOST_SILENCES = 1000;

/**
 * A schedule ready to be asked. Instants are nominal: they identify an occurrence for ever, so
 * changing the jitter cannot run one twice. `fireAt` says when its run begins.
 */
export class CompiledSchedule implements Instants {
  readonly kind: Schedule['kind'];
  readonly zone: Zone;
  readonly blackouts: Blackouts;
  /**
   * Whether instants measure real time (intervals, and cron expressions by the minute or hour)
   * rather than name fixed times of a day.
   */
  readonly followsRealTime: boolean;
  /** Fixed-delay only: from which end the next instant is counted; null when there is none. */
  readonly endedAtMs: number | null;
  readonly #instants: Instants;
  readonly #jitterMs: number;
  readonly #seed: string;

  constructor(schedule: Schedule, options: CompileOptions) {
    this.kind = schedule.kind;
    this.zone = scheduleZone(schedule, options.machineZone);
    this.blackouts = new Blackouts(options.blackouts ?? NO_BLACKOUTS, this.zone);
    const startMs = this.#parseBound(options.startAt);
    const anchorMs = Math.max(options.anchorMs, startMs ?? -Infinity);
    const instants = compileInstants(schedule, anchorMs, options.lastRun, this.zone);
    this.followsRealTime =
      'followsRealTime' in instants ? instants.followsRealTime : schedule.kind !== 'one-time';
    this.#instants = withinWindow(instants, startMs, this.#parseBound(options.endAt));
    this.endedAtMs = options.lastRun?.kind === 'ended' ? options.lastRun.atMs : null;
    this.#jitterMs = options.jitterMs ?? 0;
    this.#seed = options.seed ?? '';
  }

  nextAfter(ms: number): number | null {
    return this.#instants.nextAfter(ms);
  }

  lastIn(afterMs: number, untilMs: number): number | null {
    return this.#instants.lastIn(afterMs, untilMs);
  }

  countIn(afterMs: number, untilMs: number): number {
    return this.#instants.countIn(afterMs, untilMs);
  }

  /** At most `limit` instants in (afterMs, untilMs], the earliest first. */
  between(afterMs: number, untilMs: number, limit: number): number[] {
    return listInstants(this.#instants, afterMs, untilMs, limit);
  }

  /**
   * When the run of an instant begins: up to `jitterMs` later, always the same for the same job
   * and instant, and always before the next instant, so runs keep their order.
   */
  fireAt(instantMs: number): number {
    if (this.#jitterMs === 0) return instantMs;
    const next = this.#instants.nextAfter(instantMs);
    const room = next === null ? this.#jitterMs : Math.min(this.#jitterMs, next - instantMs - 1);
    return instantMs + Math.round(steadyFraction(this.#seed, instantMs) * room);
  }

  /**
   * The time up to which every instant has begun at `nowMs`: `nowMs` itself, or just before the
   * instant whose jitter is still running.
   */
  begunUntil(nowMs: number): number {
    if (this.#jitterMs === 0) return nowMs;
    const last = this.#instants.lastIn(nowMs - this.#jitterMs - 1, nowMs);
    return last !== null && this.fireAt(last) > nowMs ? last - 1 : nowMs;
  }

  /** The first instant after `ms` that no blackout silences, or null. */
  nextRunAfter(ms: number): number | null {
    let next = this.#instants.nextAfter(ms);
    for (let skipped = 0; next !== null && skipped < MOST_SILENCES; skipped++) {
      const silence = this.blackouts.spanAt(next);
      if (silence === null) return next;
      if (silence.untilMs === Infinity) return null;
      next = this.#instants.nextAfter(silence.untilMs - 1);
    }
    return null;
  }

  /**
   * What is due while the clock shows times again that were covered before, because it was set
   * back. As in the hour that autumn repeats: what follows real time goes on (each time around
   * `pass` ms later, for instants are unique), fixed times do not come twice. Before
   * `coveredSinceMs` nothing had come yet, so there they are due as they are.
   */
  repeated(pass: number, coveredSinceMs: number): Instants {
    if (this.kind === 'one-time') return NO_INSTANTS;
    if (this.followsRealTime) return repeatPass(this.#instants, pass);
    return withinWindow(this.#instants, null, coveredSinceMs);
  }

  /** One instant taken alone, as `repeated` or a chain of delays yields it. */
  alone(instantMs: number): Instants {
    return singleInstant(instantMs);
  }

  #parseBound(text: string | null | undefined): number | null {
    return text === null || text === undefined ? null : parseTime(text, this.zone);
  }
}

/**
 * Makes a schedule ready to be asked. Throws RangeError or TypeError for one that
 * `validateSchedule` refuses (or that this machine no longer understands, such as a zone).
 */
export function compileSchedule(schedule: Schedule, options: CompileOptions): CompiledSchedule {
  return new CompiledSchedule(schedule, options);
}

function scheduleZone(schedule: Schedule, machineZone: string): Zone {
  const named = schedule.kind === 'manual' ? null : schedule.timeZone;
  return zoneOf(named ?? machineZone);
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * A rate without a start of its own has no beginning, only a beat: a clock that is set back to before the job was made
 * must not silence it. What was never due is told by the job's coverage.
 */
function longBefore(anchorMs: number, everyMs: number): number {
  return anchorMs - Math.ceil((100 * 365 * DAY) / everyMs) * everyMs;
}

function compileInstants(
  schedule: Schedule,
  anchorMs: number,
  lastRun: LastRun | undefined,
  zone: Zone,
): Instants & { readonly followsRealTime?: boolean } {
  switch (schedule.kind) {
    case 'cron':
      return cronInstants(schedule.expression, zone);
    case 'fixed-rate': {
      const { startAt, everyMs } = schedule;
      return fixedRate(
        startAt === null ? longBefore(anchorMs, everyMs) : parseTime(startAt, zone),
        everyMs,
      );
    }
    case 'fixed-delay':
      return fixedDelay(anchorMs, schedule.delayMs, lastRun ?? { kind: 'none' });
    case 'one-time':
      return singleInstant(parseTime(schedule.at, zone));
    case 'manual':
      return NO_INSTANTS;
    default:
      return assertNever(schedule);
  }
}
