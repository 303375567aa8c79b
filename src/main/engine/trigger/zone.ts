/**
 * A time zone as a sequence of spans of constant offset. Inside a span wall time and instants
 * differ by a constant, so calendar questions become plain arithmetic; everything that is special
 * about daylight saving happens where two spans meet.
 */
export interface ZoneSpan {
  /** First instant of the span, epoch ms. */
  readonly fromMs: number;
  /** First instant after the span. */
  readonly untilMs: number;
  /** Wall time minus UTC. */
  readonly offsetMs: number;
}

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;
const DAY = 24 * HOUR;
/** No zone shifts and shifts back in less time than this (checked for all zones, 1970 to 2040). */
const PROBE_STEP_MS = 3 * DAY;
/** No two offsets ever differ by more than this, with room to spare. */
export const WIDEST_SHIFT_MS = 48 * HOUR;

interface Transition {
  readonly atMs: number;
  readonly offsetMs: number;
}

/** Compact because one is kept for each zone and year somebody asked about. */
interface YearOfOffsets {
  readonly startOffsetMs: number;
  readonly transitions: readonly Transition[];
}

const OFFSET_PARTS = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, YearOfOffsets>();
  #lastSpan: ZoneSpan | null = null;

  /** Throws RangeError when this machine does not know the zone. */
  constructor(name: string) {
    this.name = name;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Wall time minus UTC at an instant, ms. */
  offsetAt(ms: number): number {
    return this.spanAt(ms).offsetMs;
  }

  /**
   * The span that holds an instant. Both ends are real changes of offset unless they are about a
   * year away: there a span may be cut, and the next one then has the same offset.
   */
  spanAt(ms: number): ZoneSpan {
    const last = this.#lastSpan;
    if (last !== null && last.fromMs <= ms && ms < last.untilMs) return last;
    this.#lastSpan = this.#findSpan(ms);
    return this.#lastSpan;
  }

  /**
   * The instant of a wall time (ms as if it were UTC). Skipped wall times give the first instant
   * after the gap; repeated ones the earlier or the later instant.
   */
  instantOf(wallMs: number, whenRepeated: 'earlier' | 'later' = 'earlier'): number {
    let span = this.spanAt(wallMs - WIDEST_SHIFT_MS);
    let found: number | null = null;
    while (span.fromMs <= wallMs + WIDEST_SHIFT_MS) {
      const isInside = wallMs < span.untilMs + span.offsetMs;
      const isSkipped = isInside && wallMs < span.fromMs + span.offsetMs;
      if (isSkipped) return found ?? span.fromMs;
      if (isInside) {
        found = wallMs - span.offsetMs;
        if (whenRepeated === 'earlier') return found;
      }
      span = this.spanAt(span.untilMs);
    }
    return found ?? wallMs - span.offsetMs;
  }

  #findSpan(ms: number): ZoneSpan {
    const year = new Date(ms).getUTCFullYear();
    const before = this.#year(year - 1);
    let fromMs = Date.UTC(year - 1, 0, 1);
    let offsetMs = before.startOffsetMs;
    for (const { transitions } of [before, this.#year(year), this.#year(year + 1)]) {
      for (const transition of transitions) {
        if (transition.atMs > ms) return { fromMs, untilMs: transition.atMs, offsetMs };
        fromMs = transition.atMs;
        offsetMs = transition.offsetMs;
      }
    }
    return { fromMs, untilMs: Date.UTC(year + 2, 0, 1), offsetMs };
  }

  #year(year: number): YearOfOffsets {
    let known = this.#years.get(year);
    if (known === undefined) {
      known = this.#probeYear(Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
      this.#years.set(year, known);
    }
    return known;
  }

  #probeYear(startMs: number, endMs: number): YearOfOffsets {
    const transitions: Transition[] = [];
    const startOffsetMs = this.#probe(startMs);
    let offsetMs = startOffsetMs;
    for (let ms = startMs; ms < endMs; ms += PROBE_STEP_MS) {
      const nextMs = Math.min(ms + PROBE_STEP_MS, endMs);
      const nextOffsetMs = this.#probe(nextMs);
      if (nextOffsetMs === offsetMs) continue;
      transitions.push({ atMs: this.#changeIn(ms, nextMs, offsetMs), offsetMs: nextOffsetMs });
      offsetMs = nextOffsetMs;
    }
    return { startOffsetMs, transitions };
  }

  /** The first instant in (fromMs, untilMs] at which the offset is no longer `offsetMs`. */
  #changeIn(fromMs: number, untilMs: number, offsetMs: number): number {
    let low = fromMs / SECOND;
    let high = untilMs / SECOND;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#probe(middle * SECOND) === offsetMs) low = middle;
      else high = middle;
    }
    return high * SECOND;
  }

  #probe(ms: number): number {
    const parts = OFFSET_PARTS.exec(this.#format.format(ms));
    if (parts === null) throw new RangeError(`No wall time for ${ms} in ${this.name}.`);
    const [, month, day, year, hour, minute, second] = parts.map(Number) as [
      // The first is the whole match, the others are guaranteed by the pattern.
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
  }
}

const zones = new Map<string, Zone>();

/** One shared Zone for each name. Throws RangeError when this machine does not know it. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}

/**
 * Whether a name is a place of the IANA database that this machine knows, or UTC. Abbreviations
 * and their like (`EST`, `EST5EDT`, `+03:00`) are not: they hide which rules are meant.
 */
export function isZoneName(name: string): boolean {
  if (name !== 'UTC' && name !== 'GMT' && !/^[A-Za-z_]+\/[A-Za-z0-9_+\-/]+$/.test(name)) {
    return false;
  }
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false; // RangeError is how Intl says that it does not know the zone.
  }
}
