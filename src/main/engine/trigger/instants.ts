/**
 * The due instants of one schedule: a strictly increasing sequence of epoch ms, never listed but
 * asked about. Nothing here reads a clock.
 */
export interface Instants {
  /** The first instant later than `ms`, or null when there is none. */
  nextAfter(ms: number): number | null;
  /** The last instant in (afterMs, untilMs], or null when there is none. */
  lastIn(afterMs: number, untilMs: number): number | null;
  /** How many instants lie in (afterMs, untilMs], without walking through them. */
  countIn(afterMs: number, untilMs: number): number;
}

export const NO_INSTANTS: Instants = {
  nextAfter: () => null,
  lastIn: () => null,
  countIn: () => 0,
};

/** A schedule that is due once. */
export function singleInstant(atMs: number): Instants {
  const isIn = (afterMs: number, untilMs: number): boolean => afterMs < atMs && atMs <= untilMs;
  return {
    nextAfter: (ms) => (ms < atMs ? atMs : null),
    lastIn: (afterMs, untilMs) => (isIn(afterMs, untilMs) ? atMs : null),
    countIn: (afterMs, untilMs) => (isIn(afterMs, untilMs) ? 1 : 0),
  };
}

/** At most `limit` instants in (afterMs, untilMs], the earliest first. */
export function listInstants(
  instants: Instants,
  afterMs: number,
  untilMs: number,
  limit: number,
): number[] {
  const found: number[] = [];
  let next = instants.nextAfter(afterMs);
  while (next !== null && next <= untilMs && found.length < limit) {
    found.push(next);
    next = instants.nextAfter(next);
  }
  return found;
}

/** Only the instants in [fromMs, untilMs); null leaves that side open. */
export function withinWindow(
  instants: Instants,
  fromMs: number | null,
  untilMs: number | null,
): Instants {
  if (fromMs === null && untilMs === null) return instants;
  const before = fromMs === null ? -Infinity : fromMs - 1;
  const last = untilMs === null ? Infinity : untilMs - 1;
  const clip = (ms: number): number => Math.min(Math.max(ms, before), last);
  return {
    nextAfter: (ms) => {
      const next = instants.nextAfter(Math.max(ms, before));
      return next !== null && next <= last ? next : null;
    },
    lastIn: (afterMs, toMs) => instants.lastIn(clip(afterMs), clip(toMs)),
    countIn: (afterMs, toMs) => instants.countIn(clip(afterMs), clip(toMs)),
  };
}
