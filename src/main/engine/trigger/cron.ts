import { cronDays } from './cron-days.ts';
import { fieldValues, splitCron } from './cron-fields.ts';
import type { CronTexts } from './cron-fields.ts';
import type { Instants } from './instants.ts';
import { WallMatches } from './wall-matches.ts';
import { WIDEST_SHIFT_MS } from './zone.ts';
import type { Zone, ZoneSpan } from './zone.ts';

/**
 * The instants of a cron expression in a zone.
 *
 * Inside a span of constant offset they are the matching wall times, shifted. Where spans meet:
 * - *Fixed times* (neither the minute nor the hour field starts with `*`): wall times that a gap
 *   skips become one instant, the first after the gap, however many there were and however wide
 *   the gap (a whole skipped day included); wall times that occur twice count the first time only.
 * - Everything else *follows real time*: skipped wall times do not exist, repeated ones come twice.
 *   So a quarter-hourly job runs at every real quarter of an hour.
 */
/** A change of the clocks that touches wall times an expression names. */
export interface Disturbance {
  readonly kind: 'skipped' | 'repeated';
  /** The first instant after the change. */
  readonly atMs: number;
}

export class CronInstants implements Instants {
  readonly followsRealTime: boolean;
  readonly #matches: WallMatches;
  readonly #zone: Zone;

  constructor(matches: WallMatches, followsRealTime: boolean, zone: Zone) {
    this.#matches = matches;
    this.followsRealTime = followsRealTime;
    this.#zone = zone;
  }

  nextAfter(ms: number): number | null {
    let from = Math.floor(ms) + 1;
    for (let step = 0; step < MOST_SPANS; step++) {
      const span = this.#zone.spanAt(from);
      if (from === span.fromMs && this.#hasSkipped(span)) return from;
      const wall = this.#matches.atOrAfter(Math.max(from + span.offsetMs, this.#freshFrom(span)));
      if (wall === null) return null;
      if (wall < span.untilMs + span.offsetMs) return wall - span.offsetMs;
      // No jump when only the end of the span was looked at: the next span may repeat wall times
      // that lie before it.
      const mayJump = from === span.fromMs || from + WIDEST_SHIFT_MS <= span.untilMs;
      const near = wall - span.offsetMs - WIDEST_SHIFT_MS;
      from = mayJump && near > span.untilMs ? this.#zone.spanAt(near).fromMs : span.untilMs;
      if (from < span.untilMs) from = span.untilMs;
    }
    return null;
  }

  lastIn(afterMs: number, untilMs: number): number | null {
    let until = Math.floor(untilMs);
    while (until > afterMs) {
      const span = this.#zone.spanAt(until);
      const earliest = Math.max(span.fromMs, Math.floor(afterMs) + 1) + span.offsetMs;
      const wall = this.#matches.before(
        until + 1 + span.offsetMs,
        Math.max(earliest, this.#freshFrom(span)),
      );
      if (wall !== null) return wall - span.offsetMs;
      if (span.fromMs > afterMs && this.#hasSkipped(span)) return span.fromMs;
      until = span.fromMs - 1;
    }
    return null;
  }

  countIn(afterMs: number, untilMs: number): number {
    let from = Math.floor(afterMs) + 1;
    const end = Math.floor(untilMs) + 1;
    let count = 0;
    while (from < end) {
      const span = this.#zone.spanAt(from);
      const to = Math.min(end, span.untilMs);
      const fresh = Math.max(from + span.offsetMs, this.#freshFrom(span));
      count += this.#matches.count(fresh, to + span.offsetMs);
      if (from === span.fromMs && this.#hasSkipped(span) && !this.#isMatch(from, span)) count++;
      from = to;
    }
    return count;
  }

  /** The changes of the clocks in (afterMs, untilMs] that skip or repeat matching wall times. */
  disturbances(afterMs: number, untilMs: number): Disturbance[] {
    const found: Disturbance[] = [];
    let span = this.#zone.spanAt(afterMs);
    while (span.untilMs <= untilMs) {
      span = this.#zone.spanAt(span.untilMs);
      const [before, after] = [this.#wallEndBefore(span), span.fromMs + span.offsetMs];
      if (this.#matches.count(Math.min(before, after), Math.max(before, after)) === 0) continue;
      found.push({ kind: before < after ? 'skipped' : 'repeated', atMs: span.fromMs });
    }
    return found;
  }

  /** Whether an instant stands for fixed times that the clocks skipped just before it. */
  isMoved(instantMs: number): boolean {
    const span = this.#zone.spanAt(instantMs);
    return instantMs === span.fromMs && this.#hasSkipped(span);
  }

  /** Whether fixed times were skipped by the gap before this span, and so are due at its start. */
  #hasSkipped(span: ZoneSpan): boolean {
    if (this.followsRealTime) return false;
    const gapFrom = this.#wallEndBefore(span);
    const gapUntil = span.fromMs + span.offsetMs;
    if (gapFrom >= gapUntil) return false;
    const wall = this.#matches.atOrAfter(gapFrom);
    return wall !== null && wall < gapUntil;
  }

  /** From which wall time on this span brings fixed times that the one before did not. */
  #freshFrom(span: ZoneSpan): number {
    return this.followsRealTime ? -Infinity : this.#wallEndBefore(span);
  }

  #wallEndBefore(span: ZoneSpan): number {
    return span.fromMs + this.#zone.spanAt(span.fromMs - 1).offsetMs;
  }

  #isMatch(ms: number, span: ZoneSpan): boolean {
    return this.#matches.atOrAfter(ms + span.offsetMs) === ms + span.offsetMs;
  }
}

/** Enough for any expression that matches at all; a bound in case a calendar misbehaves. */
const MOST_SPANS = 1000;

/** Matches are shared by the jobs of one expression, whatever their zones. */
const KEPT = 4096;
const known = new Map<string, WallMatches>();

function wallMatches(expression: string, texts: CronTexts): WallMatches {
  let matches = known.get(expression);
  if (matches === undefined) {
    matches = new WallMatches(
      fieldValues('second', texts.second),
      fieldValues('minute', texts.minute),
      fieldValues('hour', texts.hour),
      cronDays(texts.days.join(' ')),
    );
    if (known.size >= KEPT) known.clear();
    known.set(expression, matches);
  }
  return matches;
}

/** Whether repeated wall times come twice: a minute or hour field that starts with `*` (or `?`). */
export function followsRealTime(texts: CronTexts): boolean {
  return /^[*?]/.test(texts.minute) || /^[*?]/.test(texts.hour);
}

/**
 * Compiles a cron expression of five or six fields. Throws TypeError or RangeError when it means
 * nothing; `validateSchedule` says why in a sentence.
 */
export function cronInstants(expression: string, zone: Zone): CronInstants {
  const texts = splitCron(expression);
  if (texts === null) throw new TypeError(`"${expression}" does not have five or six fields.`);
  return new CronInstants(wallMatches(expression, texts), followsRealTime(texts), zone);
}
