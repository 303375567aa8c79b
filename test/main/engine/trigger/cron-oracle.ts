/**
 * A slow second opinion on cron: it walks the clock step by step, asks Intl for each wall time and
 * matches fields by its own reading of them. It shares no code with what it judges.
 */
export interface WalkedStep {
  readonly atMs: number;
  /** The wall time as if it were UTC. */
  readonly wallMs: number;
}

/** All steps in [fromMs, untilMs), with one day before for what repeats. */
export function walk(zone: string, fromMs: number, untilMs: number, stepMs: number): WalkedStep[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const steps: WalkedStep[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += stepMs) {
    steps.push({ atMs, wallMs: Date.parse(`${format.format(atMs).replace(' ', 'T')}Z`) });
  }
  return steps;
}

/** Numbers, lists, ranges, steps and `*` only. */
function fieldHas(text: string, value: number, low: number, high: number): boolean {
  return text.split(',').some((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from = low, to] = range === '*' ? [low, high] : range.split('-').map(Number);
    const last = to ?? from;
    return value >= from && value <= last && (value - from) % Number(step) === 0;
  });
}

interface Reading {
  readonly times: readonly (readonly boolean[])[];
  readonly isDay: (wall: Date) => boolean;
}

function read(fields: readonly string[]): Reading {
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const table = (text: string, low: number, high: number): boolean[] =>
    Array.from({ length: high + 1 }, (_, value) => fieldHas(text, value, low, high));
  const [days, months, weekdays] = [table(day, 1, 31), table(month, 1, 12), table(weekday, 0, 7)];
  return {
    times: [table(second, 0, 59), table(minute, 0, 59), table(hour, 0, 23)],
    isDay: (wall) => {
      const isDay = days[wall.getUTCDate()] === true;
      const number = wall.getUTCDay();
      const isWeekday = weekdays[number] === true || (number === 0 && weekdays[7] === true);
      if (months[wall.getUTCMonth() + 1] !== true) return false;
      return day === '*' ? isWeekday : weekday === '*' ? isDay : isDay || isWeekday;
    },
  };
}

function matches({ times, isDay }: Reading, wallMs: number): boolean {
  const wall = new Date(wallMs);
  return (
    times[0]?.[wall.getUTCSeconds()] === true &&
    times[1]?.[wall.getUTCMinutes()] === true &&
    times[2]?.[wall.getUTCHours()] === true &&
    isDay(wall)
  );
}

/** The due instants among walked steps: the rules of daylight saving, read literally. */
export function dueSteps(expression: string, steps: readonly WalkedStep[]): number[] {
  const parts = expression.split(' ');
  const fields = parts.length === 5 ? ['0', ...parts] : parts;
  const reading = read(fields);
  const isFixed = !fields[1]?.startsWith('*') && !fields[2]?.startsWith('*');
  const [first, second] = steps;
  const stepMs = first && second ? second.atMs - first.atMs : 1000;
  const due: number[] = [];
  let latestWall = -Infinity;
  let previousWall: number | null = null;
  for (const { atMs, wallMs } of steps) {
    const isRepeated = wallMs <= latestWall;
    let isDue = matches(reading, wallMs) && !(isFixed && isRepeated);
    if (isFixed && previousWall !== null) {
      for (let skipped = previousWall + stepMs; skipped < wallMs && !isDue; skipped += stepMs) {
        isDue = skipped > latestWall && matches(reading, skipped);
      }
    }
    if (isDue) due.push(atMs);
    previousWall = wallMs;
    latestWall = Math.max(latestWall, wallMs);
  }
  return due;
}
