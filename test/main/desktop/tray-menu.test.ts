import { describe, expect, it } from 'vitest';
import {
  countFailing,
  pauseEnd,
  trayModel,
  type TrayFacts,
  type TrayItem,
  type TrayShape,
} from '../../../src/main/desktop/tray-menu.ts';
import { createFormat, createTranslator, type Locale } from '../../../src/shared/i18n/index.ts';
import type { Status } from '../../../src/shared/status.ts';

const now = new Date(2026, 10, 20, 14, 0).getTime();
const at = (hours: number, minutes = 0, day = 20) =>
  new Date(2026, 10, day, hours, minutes).toISOString();

const calm: Status = {
  version: '0.1.0',
  state: 'running',
  stateReason: null,
  pausedUntil: null,
  pauseReason: null,
  startedAt: at(8),
  online: true,
  running: 0,
  queued: 0,
  jobs: { total: 1, enabled: 1 },
  nextRun: { jobId: 'coins', at: at(14, 5) },
  store: { lsn: 1, journalBytes: 0, snapshotBytes: 0, records: 0, runs: 0 },
  failures: { last24h: 0, latest: [] },
};
const failure = {
  runId: 'r1',
  jobId: 'coins',
  jobName: 'Coins',
  outcome: 'failed',
  message: 'HTTP 500',
  at: at(13, 30),
} as const;

function model(status: Partial<Status>, facts: Partial<TrayFacts> = {}, locale: Locale = 'en') {
  const { t } = createTranslator(locale);
  return trayModel(
    {
      status: { ...calm, ...status },
      next: { jobName: 'Coins', at: at(14, 5) },
      failingJobs: 0,
      jobs: [{ id: 'coins', name: 'Coins' }],
      ...facts,
    },
    { t, format: createFormat(locale), now },
  );
}

const labels = (items: readonly TrayItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'separator' ? [] : [item.label]));
const submenu = (items: readonly TrayItem[], label: string) =>
  items.find((item) => item.kind === 'submenu' && item.label === label) as Extract<
    TrayItem,
    { kind: 'submenu' }
  >;

type Saying = readonly [TrayShape, Partial<Status>, Partial<TrayFacts>, string];

describe('the tray', () => {
  it('opens first, tells state and next run, and quits last', () => {
    expect(labels(model({}).items)).toEqual([
      'Open Pontual',
      'Idle',
      'Next: Coins, 14:05',
      'Run now',
      'Pause',
      'Settings',
      'Quit',
    ]);
  });

  it.each([
    ['idle', {}, {}, 'Idle'],
    ['running', { running: 2 }, {}, '2 runs in progress'],
    ['paused', { state: 'paused', pausedUntil: at(15, 10) }, {}, 'Paused until 15:10'],
    ['paused', { state: 'paused' }, {}, 'Paused until you resume'],
    ['offline', { online: false, running: 1 }, {}, 'Offline: runs wait for the network'],
    ['degraded', { state: 'degraded' }, {}, 'Degraded: cannot write to disk'],
    ['degraded', { state: 'read-only' }, {}, 'Read-only: the data file is damaged'],
    [
      'failed',
      { failures: { last24h: 3, latest: [failure] } },
      { failingJobs: 1 },
      '3 runs failed in the last 24 hours',
    ],
  ] as readonly Saying[])('says %s in shape and words (%j)', (shape, status, facts, words) => {
    const shown = model(status, facts);
    expect(shown.shape).toBe(shape);
    expect(labels(shown.items)).toContain(words);
    expect(shown.tooltip).toContain(words);
  });

  it('does not show yesterday’s failure once the job is well again', () => {
    const shown = model({ failures: { last24h: 3, latest: [failure] } }, { failingJobs: 0 });
    expect(shown.shape).toBe('idle');
  });

  it('puts what the person did before what merely happens: paused, although offline and running', () => {
    expect(model({ state: 'paused', online: false, running: 3 }, { failingJobs: 2 }).shape).toBe(
      'paused',
    );
  });

  it('offers to resume only while paused', () => {
    expect(labels(model({}).items)).not.toContain('Resume');
    expect(labels(model({ state: 'paused' }).items)).toContain('Resume');
  });

  it('leads to the last three failures', () => {
    const latest = ['r1', 'r2', 'r3', 'r4'].map((runId) => ({ ...failure, runId }));
    const { items } = submenu(model({ failures: { last24h: 4, latest } }).items, 'Last failures');
    expect(labels(items)).toEqual(Array(3).fill('Coins, 13:30'));
    expect(items[0]).toMatchObject({ action: { kind: 'open-run', runId: 'r1' } });
  });

  it('offers the four lengths of a pause', () => {
    expect(labels(submenu(model({}).items, 'Pause').items)).toEqual([
      'For 15 minutes',
      'For 1 hour',
      'Until tomorrow at 8:00',
      'Until I resume',
    ]);
  });

  it('starts a job by its name, and says when there is none', () => {
    expect(submenu(model({}).items, 'Run now').items).toEqual([
      { kind: 'action', label: 'Coins', action: { kind: 'run-job', jobId: 'coins' } },
    ]);
    expect(labels(submenu(model({}, { jobs: [] }).items, 'Run now').items)).toEqual([
      'No jobs yet',
    ]);
  });

  it('speaks Portuguese', () => {
    const shown = model({ state: 'paused', pausedUntil: at(15, 10) }, {}, 'pt-BR');
    expect(shown.tooltip).toMatch(/15:10/);
    expect(labels(shown.items)).not.toContain('Resume');
  });

  it('names the day of what is not today', () => {
    const shown = model({ state: 'paused', pausedUntil: at(8, 0, 21) });
    expect(shown.tooltip).toMatch(/Paused until .*21.*8:00|Paused until .*21.*08:00/);
  });
});

describe('the end of a pause', () => {
  it('is so many minutes from now', () => {
    expect(pauseEnd('15-minutes', now)).toBe(at(14, 15));
    expect(pauseEnd('1-hour', now)).toBe(at(15));
  });

  it('is eight in the morning of the next day, by the clock on the wall', () => {
    expect(pauseEnd('tomorrow', now)).toBe(at(8, 0, 21));
    expect(pauseEnd('tomorrow', new Date(2026, 10, 20, 0, 30).getTime())).toBe(at(8, 0, 21));
  });

  it('is left to the person', () => {
    expect(pauseEnd('until-resume', now)).toBeNull();
  });
});

describe('failing jobs', () => {
  const runs = (...outcomes: ('succeeded' | 'failed' | 'skipped' | null)[]) => ({
    jobId: 'a',
    jobName: 'A',
    runs: outcomes.map((outcome) => ({ runId: 'r', outcome, at: at(13), durationMs: 1 })),
  });

  it('are those whose last run that ended did not end well; a skip says nothing', () => {
    const heartbeats = [
      runs('failed', 'succeeded'),
      runs('succeeded', 'failed'),
      runs('failed', 'skipped', null),
      runs(),
    ];
    expect(countFailing(heartbeats)).toBe(2);
  });
});
