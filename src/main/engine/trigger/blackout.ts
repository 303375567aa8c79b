import { WEEKDAYS } from '../../../shared/schedule.ts';
import type { Blackout } from '../../../shared/schedule.ts';
import { WIDEST_SHIFT_MS } from './zone.ts';
import type { Zone } from './zone.ts';

/** Instants from `fromMs` (inclusive) to `untilMs` (exclusive). */
export interface TimeSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const LONGEST_SILENCE_MS = 3 * 366 * DAY;

interface SilentWindow {
  readonly weekdays: readonly boolean[];
  readonly dates: ReadonlySet<number>;
  /** Since midnight of the day on which the window begins, on the wall clock. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * The times at which a job stays silent. A window belongs to the wall-clock day on which it begins
 * and may reach into the next one; where daylight saving repeats its edge, it lasts longer rather
 * than shorter.
 */
export class Blackouts {
  readonly #windows: readonly SilentWindow[];
  readonly #zone: Zone;
  #lastSpan: TimeSpan | null = null;

  constructor(blackouts: readonly Blackout[], zone: Zone) {
    this.#windows = blackouts.map(silentWindow);
    this.#zone = zone;
  }

  get isEmpty(): boolean {
    return this.#windows.length === 0;
  }

  /**
   * The silence around an instant, to the end of all windows that touch; null when there is none.
   * One that outlasts three years is taken to be endless (`untilMs` = Infinity).
   */
  spanAt(ms: number): TimeSpan | null {
    if (this.isEmpty) return null;
    const last = this.#lastSpan;
    if (last !== null && last.fromMs <= ms && ms < last.untilMs) return last;
    const [first] = this.spansIn(ms, ms, 1);
    if (first === undefined) return null;
    this.#lastSpan = { fromMs: first.fromMs, untilMs: this.#endOfSilence(first.untilMs) };
    return this.#lastSpan;
  }

  /**
   * The silences that touch [fromMs, untilMs], merged and in order; at most `limit`, then the
   * rest is missing.
   */
  spansIn(fromMs: number, untilMs: number, limit: number): TimeSpan[] {
    const spans: TimeSpan[] = [];
    if (this.isEmpty) return spans;
    const lastDay = this.#dayOf(untilMs);
    for (let day = this.#dayOf(fromMs) - WIDEST_SHIFT_MS / DAY; day <= lastDay; day++) {
      for (const span of this.#spansOfDay(day)) {
        if (span.untilMs <= fromMs || span.fromMs > untilMs) continue;
        const previous = spans.at(-1);
        if (previous !== undefined && span.fromMs <= previous.untilMs) {
          const joined = Math.max(previous.untilMs, span.untilMs);
          spans[spans.length - 1] = { fromMs: previous.fromMs, untilMs: joined };
        } else if (spans.length >= limit) {
          return spans;
        } else {
          spans.push(span);
        }
      }
    }
    return spans;
  }

  #endOfSilence(untilMs: number): number {
    let endMs = untilMs;
    while (endMs < untilMs + LONGEST_SILENCE_MS) {
      const [next] = this.spansIn(endMs, endMs, 1);
      if (next === undefined) return endMs;
      endMs = next.untilMs;
    }
    return Infinity;
  }

  #dayOf(ms: number): number {
    return Math.floor((ms + this.#zone.offsetAt(ms)) / DAY);
  }

  #spansOfDay(day: number): TimeSpan[] {
    const weekday = (((day + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday.
    return this.#windows
      .filter((window) => window.weekdays[weekday] === true || window.dates.has(day))
      .map((window) => ({
        fromMs: this.#zone.instantOf(day * DAY + window.fromMs, 'earlier'),
        untilMs: this.#zone.instantOf(day * DAY + window.untilMs, 'later'),
      }))
      .filter((span) => span.fromMs < span.untilMs)
      .sort((a, b) => a.fromMs - b.fromMs);
  }
}

function silentWindow(blackout: Blackout): SilentWindow {
  const fromMs = sinceMidnight(blackout.from);
  const toMs = sinceMidnight(blackout.to);
  const isEveryDay = blackout.days.length === 0 && blackout.dates.length === 0;
  return {
    weekdays: WEEKDAYS.map((day) => isEveryDay || blackout.days.includes(day)),
    dates: new Set(blackout.dates.map((date) => Date.parse(date) / DAY)),
    fromMs,
    untilMs: toMs > fromMs ? toMs : toMs + DAY,
  };
}

function sinceMidnight(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE;
}
