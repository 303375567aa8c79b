import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pause } from '../../../../src/main/engine/scheduler/due-segments.ts';
import { planDue, settleDue } from '../../../../src/main/engine/scheduler/due.ts';
import type { DueEntry, DueInput, DuePlan } from '../../../../src/main/engine/scheduler/due.ts';
import { startRepeat } from '../../../../src/main/engine/scheduler/repeat.ts';
import { compileSchedule } from '../../../../src/main/engine/trigger/compile.ts';
import type {
  CompiledSchedule,
  CompileOptions,
} from '../../../../src/main/engine/trigger/compile.ts';
import {
  blackoutSchema,
  initialCoverage,
  missedRunsSchema,
  scheduleSchema,
} from '../../../../src/shared/schedule.ts';
import type { MissedPolicy, ScheduleInput } from '../../../../src/shared/schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Saturday. */
const NOON = Date.parse('2026-11-21T12:00:00.000Z');

function compile(schedule: ScheduleInput, options: Partial<CompileOptions> = {}): CompiledSchedule {
  return compileSchedule(scheduleSchema.parse(schedule), {
    machineZone: 'UTC',
    anchorMs: NOON - 30 * DAY,
    ...options,
  });
}

const every = (everyMs: number, options: Partial<CompileOptions> = {}): CompiledSchedule =>
  compile({ kind: 'fixed-rate', everyMs }, options);
const cron = (expression: string, options: Partial<CompileOptions> = {}): CompiledSchedule =>
  compile({ kind: 'cron', expression }, options);

function inputFor(
  schedule: CompiledSchedule,
  nowMs: number,
  rest: Partial<Omit<DueInput, 'missedRuns'>> & {
    policy?: MissedPolicy;
    withinMs?: number;
  } = {},
): DueInput {
  const { policy = 'run-latest', withinMs = null, ...others } = rest;
  return {
    schedule,
    nowMs,
    coveredUntilMs: nowMs - 100,
    coveredSinceMs: NOON - 30 * DAY,
    repeat: null,
    isEnabled: true,
    pauses: [],
    missedRuns: missedRunsSchema.parse({ policy, withinMs }),
    lateBeforeMs: nowMs - 2 * SECOND,
    ...others,
  };
}

/** `schedule 12:00:00`, `missed 09:00:00 - 11:00:00 x3`: short enough to read in a table. */
function told(entries: readonly DueEntry[]): string[] {
  const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23).replace('.000', '');
  return entries.map((entry) =>
    entry.kind === 'run'
      ? `${entry.trigger} ${time(entry.instantMs)}`
      : `${entry.reason} ${time(entry.fromMs)} - ${time(entry.untilMs)} x${entry.occurrences}`,
  );
}

describe('in ordinary times', () => {
  test('a due instant runs once', () => {
    const schedule = cron('0 * * * *');
    const plan = planDue(inputFor(schedule, NOON));
    expect(told(plan.entries)).toEqual(['schedule 12:00:00']);
    expect(plan.coveredUntilMs).toBe(NOON);
    expect(plan.wakeAtMs).toBe(NOON + HOUR);
    const again = planDue(inputFor(schedule, NOON, { coveredUntilMs: plan.coveredUntilMs }));
    expect(again.entries).toEqual([]);
  });

  test('nothing is due before its time', () => {
    const plan = planDue(inputFor(cron('0 * * * *'), NOON - 1));
    expect(plan.entries).toEqual([]);
    expect(plan.wakeAtMs).toBe(NOON);
  });

  test('several instants noticed in time all run', () => {
    const plan = planDue(inputFor(every(100), NOON + 450, { coveredUntilMs: NOON - 1 }));
    expect(told(plan.entries)).toEqual([
      'schedule 12:00:00',
      'schedule 12:00:00.100',
      'schedule 12:00:00.200',
      'schedule 12:00:00.300',
      'schedule 12:00:00.400',
    ]);
  });

  test('an instant that is one second late is still in time', () => {
    const plan = planDue(inputFor(cron('0 * * * *'), NOON + SECOND, { coveredUntilMs: NOON - 1 }));
    expect(told(plan.entries)).toEqual(['schedule 12:00:00']);
  });

  test('jitter delays the run and not the instant', () => {
    const schedule = cron('0 * * * *', { jitterMs: 10 * MINUTE, seed: 'job' });
    const fireAt = schedule.fireAt(NOON);
    const before = planDue(inputFor(schedule, fireAt - 1, { coveredUntilMs: NOON - 1 }));
    expect(before.entries).toEqual([]);
    expect(before.coveredUntilMs).toBe(NOON - 1);
    expect(before.wakeAtMs).toBe(fireAt);
    const after = planDue(inputFor(schedule, fireAt, { coveredUntilMs: NOON - 1 }));
    expect(after.entries).toEqual([
      { kind: 'run', trigger: 'schedule', instantMs: NOON, startAtMs: fireAt },
    ]);
  });

  test('a disabled job has no occurrences, then or later', () => {
    const schedule = cron('* * * * *');
    const off = planDue(inputFor(schedule, NOON, { isEnabled: false, coveredUntilMs: NOON - DAY }));
    expect(off).toMatchObject({ entries: [], coveredUntilMs: NOON, wakeAtMs: null });
    const on = planDue(inputFor(schedule, NOON + 30, { coveredUntilMs: off.coveredUntilMs }));
    expect(on.entries).toEqual([]);
  });

  test('a manual job sleeps', () => {
    expect(planDue(inputFor(compile({ kind: 'manual' }), NOON))).toMatchObject({
      entries: [],
      wakeAtMs: null,
    });
  });
});

describe('after three days of absence', () => {
  test.each<[string, CompiledSchedule, MissedPolicy, readonly string[]]>([
    [
      'a daily job runs its latest',
      cron('0 9 * * *'),
      'run-latest',
      ['missed 09:00:00 - 09:00:00 x2', 'catch-up 09:00:00'],
    ],
    [
      'a daily job runs them all',
      cron('0 9 * * *'),
      'run-all',
      ['catch-up 09:00:00', 'catch-up 09:00:00', 'catch-up 09:00:00'],
    ],
    ['a daily job runs none', cron('0 9 * * *'), 'skip', ['missed 09:00:00 - 09:00:00 x3']],
    [
      'a job every 30 s runs its latest',
      every(30 * SECOND),
      'run-latest',
      ['missed 12:00:00 - 11:59:00 x8639', 'catch-up 11:59:30'],
    ],
    [
      'a job every 30 s runs none',
      every(30 * SECOND),
      'skip',
      ['missed 12:00:00 - 11:59:30 x8640'],
    ],
    [
      'a job every second runs one',
      every(SECOND),
      'run-latest',
      ['missed 12:00:00 - 12:00:14 x259215', 'catch-up 12:00:15'],
    ],
    [
      'a single time runs',
      compile({ kind: 'one-time', at: '2026-11-20T08:00:00Z' }),
      'run-latest',
      ['catch-up 08:00:00'],
    ],
    [
      'a single time does not run',
      compile({ kind: 'one-time', at: '2026-11-20T08:00:00Z' }),
      'skip',
      ['missed 08:00:00 - 08:00:00 x1'],
    ],
  ])('%s', (_, schedule, policy, expected) => {
    const now = schedule.countIn(NOON, NOON + 15 * SECOND) > 1 ? NOON + 15 * SECOND : NOON - 1;
    const plan = planDue(inputFor(schedule, now, { policy, coveredUntilMs: NOON - 3 * DAY - 1 }));
    expect(told(plan.entries)).toEqual(expected);
    expect(plan.coveredUntilMs).toBe(now);
  });

  test('a job that runs all of them runs the last hundred', () => {
    const plan = planDue(
      inputFor(every(30 * SECOND), NOON + 1, { policy: 'run-all', coveredUntilMs: NOON - 3 * DAY }),
    );
    const runs = plan.entries.filter((entry) => entry.kind === 'run');
    expect(runs).toHaveLength(100);
    expect(runs.at(-1)?.instantMs).toBe(NOON);
    expect(told(plan.entries.slice(0, 1))).toEqual(['missed 12:00:30 - 11:10:00 x8540']);
  });

  test('instants beyond the limit of age are not caught up with', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *'), NOON - MINUTE, {
        policy: 'run-all',
        withinMs: 2 * HOUR,
        coveredUntilMs: NOON - 5 * HOUR - 1,
      }),
    );
    expect(told(plan.entries)).toEqual([
      'missed 07:00:00 - 09:00:00 x3',
      'catch-up 10:00:00',
      'catch-up 11:00:00',
    ]);
  });

  test('an instant as old as the limit of age is caught up with, an older one is not', () => {
    const planAt = (now: number) =>
      told(
        planDue(
          inputFor(cron('0 12 * * *'), now, { withinMs: HOUR, coveredUntilMs: NOON - MINUTE }),
        ).entries,
      );
    expect(planAt(NOON + HOUR)).toEqual(['catch-up 12:00:00']);
    expect(planAt(NOON + HOUR + 1)).toEqual(['missed 12:00:00 - 12:00:00 x1']);
  });

  test('what is due right now runs, even where nothing missed may', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *'), NOON, { policy: 'skip', coveredUntilMs: NOON - 3 * HOUR }),
    );
    expect(told(plan.entries)).toEqual(['missed 10:00:00 - 11:00:00 x2', 'schedule 12:00:00']);
  });

  test('what is due right now is the one catch-up', () => {
    const plan = planDue(inputFor(cron('0 * * * *'), NOON, { coveredUntilMs: NOON - 3 * HOUR }));
    expect(told(plan.entries)).toEqual(['missed 10:00:00 - 11:00:00 x2', 'catch-up 12:00:00']);
  });

  test('two years of seconds cost no time and make two entries', () => {
    const started = process.hrtime.bigint();
    const plan = planDue(inputFor(cron('* * * * * *'), NOON, { coveredUntilMs: NOON - 730 * DAY }));
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(50);
    expect(plan.entries).toHaveLength(2);
    expect(plan.entries[0]).toMatchObject({ occurrences: 730 * 86_400 - 1 });
  });
});

describe('blackouts', () => {
  const nightly = { blackouts: [blackoutSchema.parse({ from: '22:00', to: '06:00' })] };

  test('make one span of what they silence', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *', nightly), Date.parse('2026-11-21T05:30:00Z'), {
        coveredUntilMs: Date.parse('2026-11-20T21:30:00Z'),
      }),
    );
    expect(told(plan.entries)).toEqual(['blackout 22:00:00 - 05:00:00 x8']);
  });

  test('stay apart from what was missed, and are never caught up with', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *', nightly), Date.parse('2026-11-21T05:30:00Z'), {
        coveredUntilMs: Date.parse('2026-11-20T18:30:00Z'),
      }),
    );
    expect(told(plan.entries)).toEqual([
      'missed 19:00:00 - 20:00:00 x2',
      'catch-up 21:00:00',
      'blackout 22:00:00 - 05:00:00 x8',
    ]);
  });

  test('do not wake for each silenced instant', () => {
    const now = Date.parse('2026-11-21T23:00:00.000Z');
    const plan = planDue(inputFor(every(SECOND, nightly), now));
    expect(plan.wakeAtMs).toBe(now + 30 * SECOND);
  });

  test('of years of nights are not told one by one', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *', nightly), NOON, { coveredUntilMs: NOON - 365 * DAY }),
    );
    expect(plan.entries.length).toBeLessThan(10);
    expect(occurrencesOf(plan)).toBe(365 * 24);
  });
});

describe('a pause', () => {
  const pauses: readonly Pause[] = [{ fromMs: NOON - 3 * HOUR + 1, untilMs: null }];
  const ended: readonly Pause[] = [{ fromMs: NOON - 3 * HOUR + 1, untilMs: NOON + 30 * MINUTE }];
  const later = NOON + 30 * MINUTE;

  test.each<[MissedPolicy, readonly string[], readonly string[]]>([
    ['run-latest', ['paused 10:00:00 - 11:00:00 x2'], ['catch-up 12:00:00']],
    ['run-all', [], ['catch-up 10:00:00', 'catch-up 11:00:00', 'catch-up 12:00:00']],
    ['skip', ['paused 10:00:00 - 12:00:00 x3'], []],
  ])('under %s keeps back what it will run on resuming', (policy, during, resumed) => {
    const schedule = cron('0 * * * *');
    const first = planDue(
      inputFor(schedule, later - 1, { policy, pauses, coveredUntilMs: NOON - 3 * HOUR }),
    );
    expect(told(first.entries)).toEqual(during);
    const second = planDue(
      inputFor(schedule, later, { policy, pauses: ended, coveredUntilMs: first.coveredUntilMs }),
    );
    expect(told(second.entries)).toEqual(resumed);
    expect(second.coveredUntilMs).toBe(later);
  });

  test('does not wake for each skipped instant, but for its end', () => {
    const soon = [{ fromMs: NOON - HOUR, untilMs: NOON + 10 * SECOND }];
    expect(planDue(inputFor(every(SECOND), NOON, { pauses: soon })).wakeAtMs).toBe(
      NOON + 10 * SECOND,
    );
    expect(planDue(inputFor(every(SECOND), NOON, { pauses })).wakeAtMs).toBe(NOON + 30 * SECOND);
    expect(planDue(inputFor(every(HOUR), NOON + 1, { pauses })).wakeAtMs).toBe(NOON + HOUR);
  });

  test('that ended while nothing ran is still told apart from what was missed later', () => {
    const plan = planDue(
      inputFor(cron('0 * * * *'), NOON + 10, {
        policy: 'skip',
        pauses: [{ fromMs: NOON - 6 * HOUR + 1, untilMs: NOON - 3 * HOUR }],
        coveredUntilMs: NOON - 6 * HOUR,
      }),
    );
    expect(told(plan.entries)).toEqual([
      'paused 07:00:00 - 08:00:00 x2',
      'missed 09:00:00 - 11:00:00 x3',
      'schedule 12:00:00',
    ]);
  });

  test.each<[MissedPolicy, string]>([
    ['run-latest', 'catch-up 12:00:00'],
    ['skip', 'paused 12:00:00 - 12:00:00 x1'],
  ])('that ended a moment ago decides under %s about what it held', (policy, expected) => {
    const brief = [{ fromMs: NOON - SECOND, untilMs: NOON + 500 }];
    const plan = planDue(
      inputFor(cron('0 * * * *'), NOON + 501, {
        policy,
        pauses: brief,
        coveredUntilMs: NOON - MINUTE,
      }),
    );
    expect(told(plan.entries)).toEqual([expected]);
  });

  test('of a single time runs it on resuming', () => {
    const once = compile({ kind: 'one-time', at: '2026-11-21T11:00:00Z' });
    const first = planDue(inputFor(once, NOON, { pauses, coveredUntilMs: NOON - 3 * HOUR }));
    expect(first.entries).toEqual([]);
    const second = planDue(
      inputFor(once, later, { pauses: ended, coveredUntilMs: first.coveredUntilMs }),
    );
    expect(told(second.entries)).toEqual(['catch-up 11:00:00']);
  });

  test('of everything and one of the job are one as long as either lasts', () => {
    const both = [{ fromMs: NOON - HOUR, untilMs: NOON + MINUTE }, ...pauses];
    expect(planDue(inputFor(cron('0 * * * *'), NOON, { pauses: both })).entries).toEqual([]);
  });
});

describe('settling before a change', () => {
  test('leaves nothing for later, and runs what is due', () => {
    const plan = settleDue(inputFor(cron('0 * * * *'), NOON));
    expect(told(plan.entries)).toEqual(['schedule 12:00:00']);
    expect(plan.coveredUntilMs).toBe(NOON);
  });

  test('gives up what a pause kept back', () => {
    const pauses = [{ fromMs: NOON - 2 * HOUR + 1, untilMs: null }];
    const plan = settleDue(
      inputFor(cron('0 * * * *'), NOON + 5, { pauses, coveredUntilMs: NOON - 2 * HOUR }),
    );
    expect(told(plan.entries)).toEqual(['paused 11:00:00 - 12:00:00 x2']);
  });

  test('gives up a run whose jitter is not over', () => {
    const schedule = cron('0 * * * *', { jitterMs: 10 * MINUTE, seed: 'job' });
    const plan = settleDue(inputFor(schedule, NOON + 1, { coveredUntilMs: NOON - 1 }));
    expect(told(plan.entries)).toEqual(['missed 12:00:00 - 12:00:00 x1']);
    expect(plan.coveredUntilMs).toBe(NOON + 1);
  });
});

describe('a fixed delay', () => {
  const delay = (lastRun: CompileOptions['lastRun'], options: Partial<CompileOptions> = {}) =>
    compile(
      { kind: 'fixed-delay', delayMs: 5 * SECOND },
      { anchorMs: NOON, ...(lastRun === undefined ? {} : { lastRun }), ...options },
    );

  test('begins at once, waits for the end, and goes on after the delay', () => {
    const first = planDue(inputFor(delay({ kind: 'none' }), NOON, { coveredUntilMs: NOON - 1 }));
    expect(told(first.entries)).toEqual(['schedule 12:00:00']);
    const { coveredUntilMs } = first;
    const running = planDue(inputFor(delay({ kind: 'running' }), NOON + HOUR, { coveredUntilMs }));
    expect(running).toMatchObject({ entries: [], coveredUntilMs, wakeAtMs: null });
    const ended = delay({ kind: 'ended', atMs: NOON + 700 });
    const waiting = planDue(inputFor(ended, NOON + 5699, { coveredUntilMs }));
    expect(waiting).toMatchObject({ entries: [], coveredUntilMs, wakeAtMs: NOON + 5700 });
    const second = planDue(inputFor(ended, NOON + 5700, { coveredUntilMs }));
    expect(told(second.entries)).toEqual(['schedule 12:00:05.700']);
  });

  test.each<[MissedPolicy, readonly string[]]>([
    ['run-latest', ['catch-up 12:00:05']],
    ['run-all', ['catch-up 12:00:05']],
    ['skip', ['missed 12:00:05 - 12:00:05 x1']],
  ])('after absence under %s has missed one instant, not thousands', (policy, expected) => {
    const ended = delay({ kind: 'ended', atMs: NOON });
    const now = NOON + DAY;
    const plan = planDue(inputFor(ended, now, { policy, coveredUntilMs: NOON - 1 }));
    expect(told(plan.entries)).toEqual(expected);
    if (policy === 'skip') expect(plan.wakeAtMs).toBe(now + 5 * SECOND);
  });

  test('is settled with its one instant, or with none while it waits or runs', () => {
    const settle = (lastRun: CompileOptions['lastRun'], nowMs: number) =>
      told(settleDue(inputFor(delay(lastRun), nowMs, { coveredUntilMs: NOON - 1 })).entries);
    const ended = { kind: 'ended', atMs: NOON } as const;
    expect(settle(ended, NOON + 6 * SECOND)).toEqual(['schedule 12:00:05']);
    expect(settle(ended, NOON + HOUR)).toEqual(['catch-up 12:00:05']);
    expect(settle(ended, NOON + SECOND)).toEqual([]);
    expect(settle({ kind: 'running' }, NOON + HOUR)).toEqual([]);
  });

  test('waits for the end of a pause', () => {
    const ended = delay({ kind: 'ended', atMs: NOON });
    const until = NOON + HOUR;
    const paused = planDue(
      inputFor(ended, NOON + MINUTE, {
        coveredUntilMs: NOON - 1,
        pauses: [{ fromMs: NOON + 1, untilMs: until }],
      }),
    );
    expect(paused).toMatchObject({ entries: [], wakeAtMs: until });
    const resumed = planDue(
      inputFor(ended, until, {
        coveredUntilMs: paused.coveredUntilMs,
        pauses: [{ fromMs: NOON + 1, untilMs: until }],
        policy: 'skip',
      }),
    );
    expect(told(resumed.entries)).toEqual(['paused 12:00:05 - 12:00:05 x1']);
    expect(resumed.wakeAtMs).toBe(until + 5 * SECOND);
  });

  test('waits for the end of a blackout', () => {
    const silent = delay(
      { kind: 'ended', atMs: NOON },
      { blackouts: [blackoutSchema.parse({ from: '12:00', to: '13:00' })] },
    );
    const during = planDue(inputFor(silent, NOON + MINUTE, { coveredUntilMs: NOON - 1 }));
    expect(during).toMatchObject({ entries: [], wakeAtMs: NOON + HOUR });
    const after = planDue(inputFor(silent, NOON + HOUR, { coveredUntilMs: NOON - 1 }));
    expect(told(after.entries)).toEqual(['blackout 12:00:05 - 12:00:05 x1']);
    expect(after.wakeAtMs).toBe(NOON + HOUR + 5 * SECOND);
  });

  test('goes on when the clock is set back', () => {
    const ended = delay({ kind: 'ended', atMs: NOON });
    const [expectedNow, now] = [NOON + SECOND, NOON + SECOND - 2 * HOUR];
    const repeat = startRepeat(ended, NOON, now, expectedNow, null);
    const plan = firstRun(ended, now, NOON, repeat);
    expect(plan.afterMs).toBeLessThanOrEqual(5 * SECOND);
    const endedAgain = delay({ kind: 'ended', atMs: now + plan.afterMs + 300 });
    const next = firstRun(endedAgain, now + plan.afterMs + 300, NOON, plan.plan.repeat);
    expect(next.afterMs).toBe(5 * SECOND);
  });
});

/** Ticks every 100 ms for up to two minutes until something runs. */
function firstRun(
  schedule: CompiledSchedule,
  fromMs: number,
  coveredUntilMs: number,
  repeat: DueInput['repeat'],
): { afterMs: number; plan: DuePlan } {
  let current = repeat;
  for (let ms = 0; ms <= 2 * MINUTE; ms += 100) {
    const plan = planDue(inputFor(schedule, fromMs + ms, { coveredUntilMs, repeat: current }));
    if (plan.entries.some((entry) => entry.kind === 'run')) return { afterMs: ms, plan };
    current = plan.repeat;
  }
  throw new Error('Nothing ran for two minutes.');
}

describe('when the clock is set back', () => {
  const back = (schedule: CompiledSchedule, byMs: number, at = NOON + SECOND) => {
    const now = at - byMs;
    return { now, repeat: startRepeat(schedule, NOON, now, at, null) };
  };

  test('a job every 30 s goes on within its period, with instants of its own', () => {
    const schedule = every(30 * SECOND);
    const { now, repeat } = back(schedule, 2 * HOUR);
    const { afterMs, plan } = firstRun(schedule, now, NOON, repeat);
    expect(afterMs).toBeLessThanOrEqual(30 * SECOND);
    expect(told(plan.entries)).toEqual(['schedule 10:00:30.001']);
    expect(plan.coveredUntilMs).toBe(NOON);
  });

  test('a second time over the same stretch has other instants again', () => {
    const schedule = every(30 * SECOND);
    const first = back(schedule, 2 * HOUR);
    const again = startRepeat(schedule, NOON, first.now, NOON + SECOND, first.repeat);
    const { plan } = firstRun(schedule, first.now, NOON, again);
    expect(told(plan.entries)).toEqual(['schedule 10:00:30.002']);
  });

  test('a named time that came already does not come again', () => {
    const schedule = cron('30 11 * * *');
    const { now, repeat } = back(schedule, 2 * HOUR);
    let current: DueInput['repeat'] = repeat;
    for (let ms = now; ms < NOON + HOUR; ms += MINUTE) {
      const plan = planDue(
        inputFor(schedule, ms, { coveredUntilMs: NOON, repeat: current, lateBeforeMs: ms - 2000 }),
      );
      expect(plan.entries).toEqual([]);
      current = plan.repeat;
    }
    expect(current).toBeNull();
  });

  test('a named time before the job existed comes when the clock shows it', () => {
    const schedule = cron('30 10 * * *');
    const { now, repeat } = back(schedule, 2 * HOUR);
    const plan = planDue(
      inputFor(schedule, now + 30 * MINUTE, {
        coveredUntilMs: NOON,
        coveredSinceMs: NOON - HOUR,
        repeat,
        lateBeforeMs: now + 20 * MINUTE,
      }),
    );
    expect(told(plan.entries)).toEqual(['schedule 10:30:00']);
  });

  test('by a few seconds, nothing runs twice', () => {
    const schedule = cron('* * * * *');
    const { now, repeat } = back(schedule, 5 * SECOND, NOON + 2 * SECOND);
    const { afterMs, plan } = firstRun(schedule, now, NOON, repeat);
    expect(told(plan.entries)).toEqual(['schedule 12:01:00']);
    expect(afterMs).toBe(63 * SECOND);
  });

  test('without a repeat nothing is due until the clock has caught up', () => {
    const schedule = every(30 * SECOND);
    const plan = planDue(inputFor(schedule, NOON - HOUR, { coveredUntilMs: NOON }));
    expect(plan).toMatchObject({ entries: [], coveredUntilMs: NOON, wakeAtMs: NOON + 30 * SECOND });
  });
});

describe('coverage of a new job', () => {
  test.each<[ScheduleInput, readonly string[]]>([
    [{ kind: 'fixed-rate', everyMs: 60_000 }, ['schedule 12:00:00']],
    [{ kind: 'fixed-delay', delayMs: 60_000 }, ['schedule 12:00:00']],
    [{ kind: 'cron', expression: '5 * * * *' }, []],
    [{ kind: 'one-time', at: '2026-11-21T11:59:59Z' }, ['schedule 11:59:59']],
    [{ kind: 'one-time', at: '2026-11-21T11:57:00Z' }, ['catch-up 11:57:00']],
    [{ kind: 'one-time', at: '2026-11-21T13:00:00Z' }, []],
    [{ kind: 'manual' }, []],
  ])('%j', (schedule, expected) => {
    const compiled = compile(schedule, { anchorMs: NOON });
    const coveredUntilMs = initialCoverage(scheduleSchema.parse(schedule), NOON);
    expect(told(planDue(inputFor(compiled, NOON, { coveredUntilMs })).entries)).toEqual(expected);
  });
});

describe('each due instant is covered by exactly one entry', () => {
  test('through any sequence of ticks, absences, pauses and policies', () => {
    fc.assert(
      fc.property(
        anySchedule(),
        fc.constantFrom<MissedPolicy>('run-latest', 'run-all', 'skip'),
        fc.option(fc.integer({ min: 0, max: 4 * HOUR }), { nil: undefined }),
        fc.array(anyStep(), { minLength: 1, maxLength: 25 }),
        (schedule, policy, withinMs, steps) => {
          const life = live(schedule, policy, withinMs, steps);
          expectCovered(schedule, life.entries, NOON, life.coveredUntilMs);
        },
      ),
      { numRuns: 300 },
    );
  });
});

type Step =
  | { readonly kind: 'tick'; readonly afterMs: number }
  | { readonly kind: 'pause'; readonly lastsMs: number | null }
  | { readonly kind: 'resume' };

function anyStep(): fc.Arbitrary<Step> {
  const tick = fc
    .oneof(
      fc.integer({ min: 0, max: 3 * SECOND }),
      fc.integer({ min: 0, max: 2 * MINUTE }),
      fc.integer({ min: 0, max: 30 * HOUR }),
    )
    .map((afterMs): Step => ({ kind: 'tick', afterMs }));
  return fc.oneof(
    { weight: 6, arbitrary: tick },
    {
      weight: 1,
      arbitrary: fc
        .option(fc.integer({ min: 0, max: 3 * HOUR }))
        .map((lastsMs): Step => ({ kind: 'pause', lastsMs })),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'resume' }) },
  );
}

function anySchedule(): fc.Arbitrary<CompiledSchedule> {
  const schedule = fc.oneof(
    fc
      .constantFrom(
        '* * * * *',
        '*/7 * * * *',
        '0 * * * *',
        '30 2 * * *',
        '15,45 1-3 * * *',
        '0 9 * * MON-FRI',
      )
      .map((expression) => ({ kind: 'cron', expression, timeZone: 'America/New_York' }) as const),
    fc
      .integer({ min: 20 * SECOND, max: 5 * HOUR })
      .map((everyMs) => ({ kind: 'fixed-rate', everyMs }) as const),
    fc
      .integer({ min: 0, max: 3 * DAY })
      .map((ms) => ({ kind: 'one-time', at: new Date(NOON + ms).toISOString() }) as const),
  );
  const blackouts = fc.constantFrom(
    [],
    [],
    [{ from: '22:00', to: '06:00' }],
    [
      { days: ['sun', 'mon'] as const, from: '01:15', to: '01:45' },
      { from: '12:00', to: '12:30' },
    ],
  );
  return fc
    .tuple(schedule, blackouts, fc.constantFrom(0, 0, 45 * SECOND, 2 * HOUR))
    .map(([input, silences, jitterMs]) =>
      compile(input, {
        anchorMs: NOON - DAY,
        blackouts: silences.map((silence) => blackoutSchema.parse(silence)),
        jitterMs,
        seed: 'job',
      }),
    );
}

/** Lives through the steps as the scheduler would, and settles in the end. */
function live(
  schedule: CompiledSchedule,
  policy: MissedPolicy,
  withinMs: number | undefined,
  steps: readonly Step[],
): { entries: DueEntry[]; coveredUntilMs: number } {
  const entries: DueEntry[] = [];
  let pauses: Pause[] = [];
  let nowMs = NOON;
  let coveredUntilMs = NOON;
  const carryOut = (plan: DuePlan): void => {
    entries.push(...plan.entries);
    expect(plan.coveredUntilMs).toBeGreaterThanOrEqual(coveredUntilMs);
    coveredUntilMs = plan.coveredUntilMs;
  };
  const input = (): DueInput =>
    inputFor(schedule, nowMs, {
      coveredUntilMs,
      pauses,
      policy,
      ...(withinMs === undefined ? {} : { withinMs }),
    });
  for (const step of steps) {
    if (step.kind === 'tick') {
      nowMs += step.afterMs;
    } else if (step.kind === 'pause') {
      pauses = [
        ...pauses,
        { fromMs: nowMs, untilMs: step.lastsMs === null ? null : nowMs + step.lastsMs },
      ];
    } else {
      const now = nowMs;
      pauses = pauses.map((pause) => ({
        fromMs: pause.fromMs,
        untilMs: Math.min(pause.untilMs ?? now, now),
      }));
    }
    carryOut(planDue(input()));
  }
  carryOut(settleDue(input()));
  expect(coveredUntilMs).toBe(nowMs);
  return { entries, coveredUntilMs };
}

function expectCovered(
  schedule: CompiledSchedule,
  entries: readonly DueEntry[],
  afterMs: number,
  untilMs: number,
): void {
  const expected = schedule.between(afterMs, untilMs, 1_000_000);
  const covered = entries.flatMap((entry) => {
    if (entry.kind === 'run') {
      expect(schedule.blackouts.spanAt(entry.instantMs)).toBeNull();
      return [entry.instantMs];
    }
    const instants = schedule.between(entry.fromMs - 1, entry.untilMs, 1_000_000);
    expect(instants).toHaveLength(entry.occurrences);
    expect([instants[0], instants.at(-1)]).toEqual([entry.fromMs, entry.untilMs]);
    return instants;
  });
  expect(covered).toEqual(expected);
}

function occurrencesOf(plan: DuePlan): number {
  return plan.entries.reduce(
    (sum, entry) => sum + (entry.kind === 'run' ? 1 : entry.occurrences),
    0,
  );
}
