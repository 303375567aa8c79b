import { assertNever } from '../../shared/assert-never.ts';
import type { CommandOutput } from '../../shared/contract.ts';
import type { Format, Translate } from '../../shared/i18n/index.ts';
import type { Status } from '../../shared/status.ts';

/** The shapes of the tray's icon; each has its own outline, because colour alone tells nothing. */
export const TRAY_SHAPES = ['idle', 'running', 'paused', 'failed', 'offline', 'degraded'] as const;
export type TrayShape = (typeof TRAY_SHAPES)[number];

export type PauseLength = '15-minutes' | '1-hour' | 'tomorrow' | 'until-resume';

export type TrayAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'open-run'; readonly runId: string }
  | { readonly kind: 'run-job'; readonly jobId: string }
  | { readonly kind: 'pause'; readonly length: PauseLength }
  | { readonly kind: 'resume' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'quit' };

export type TrayItem =
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction }
  | { readonly kind: 'words'; readonly label: string }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] }
  | { readonly kind: 'separator' };

export interface TrayFacts {
  readonly status: Status;
  readonly next: { readonly jobName: string; readonly at: string } | null;
  /** Jobs whose last run did not end well: what the failed icon stands for. */
  readonly failingJobs: number;
  readonly jobs: readonly { readonly id: string; readonly name: string }[];
}

export interface TrayWords {
  readonly t: Translate;
  readonly format: Format;
  readonly now: number;
}

export interface TrayModel {
  readonly shape: TrayShape;
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

const MOST_FAILURES = 3;

/** What the tray shows, from what is known. */
export function trayModel(facts: TrayFacts, words: TrayWords): TrayModel {
  const state = stateInWords(facts, words);
  const next = nextInWords(facts, words);
  return {
    shape: shapeOf(facts),
    tooltip: `Pontual: ${state}${isPaused(facts) ? '' : `\n${next}`}`,
    items: [
      action(words.t('tray.open'), { kind: 'open' }),
      { kind: 'separator' },
      { kind: 'words', label: state },
      ...(isPaused(facts) ? [] : [{ kind: 'words', label: next } as const]),
      ...failures(facts, words),
      { kind: 'separator' },
      runNow(facts, words),
      pauseMenu(words),
      ...(isPaused(facts) ? [action(words.t('tray.resume'), { kind: 'resume' })] : []),
      { kind: 'separator' },
      action(words.t('tray.settings'), { kind: 'settings' }),
      action(words.t('tray.quit'), { kind: 'quit' }),
    ],
  };
}

/** The icon before anything is known. */
export function startingModel({ t }: Pick<TrayWords, 't'>): TrayModel {
  const state = t('tray.state.starting');
  return {
    shape: 'idle',
    tooltip: `Pontual: ${state}`,
    items: [
      action(t('tray.open'), { kind: 'open' }),
      { kind: 'words', label: state },
      { kind: 'separator' },
      action(t('tray.quit'), { kind: 'quit' }),
    ],
  };
}

/** The instant a pause ends, ISO 8601; null waits for the person. */
export function pauseEnd(length: PauseLength, now: number): string | null {
  switch (length) {
    case '15-minutes':
      return new Date(now + 15 * 60_000).toISOString();
    case '1-hour':
      return new Date(now + 60 * 60_000).toISOString();
    case 'tomorrow': {
      const morning = new Date(now);
      morning.setDate(morning.getDate() + 1);
      morning.setHours(8, 0, 0, 0);
      return morning.toISOString();
    }
    case 'until-resume':
      return null;
    default:
      return assertNever(length);
  }
}

function isPaused({ status }: TrayFacts): boolean {
  return status.state === 'paused';
}

/** The most urgent thing wins: what stops the program, then what the person did, then what merely happened. */
function shapeOf({ status, failingJobs }: TrayFacts): TrayShape {
  if (status.state === 'degraded' || status.state === 'read-only') return 'degraded';
  if (status.state === 'paused') return 'paused';
  if (!status.online) return 'offline';
  if (status.running > 0) return 'running';
  return failingJobs > 0 ? 'failed' : 'idle';
}

function stateInWords(facts: TrayFacts, { t, format, now }: TrayWords): string {
  const { status } = facts;
  switch (status.state) {
    case 'starting':
      return t('tray.state.starting');
    case 'stopping':
      return t('tray.state.stopping');
    case 'degraded':
      return t('tray.state.degraded');
    case 'read-only':
      return t('tray.state.readOnly');
    case 'paused':
      return status.pausedUntil === null
        ? t('tray.state.paused')
        : t('tray.state.pausedUntil', { time: soon(format, status.pausedUntil, now) });
    case 'running':
      return workInWords(facts, t);
    default:
      return assertNever(status.state);
  }
}

function workInWords({ status, failingJobs }: TrayFacts, t: Translate): string {
  if (!status.online) return t('tray.state.offline');
  if (status.running > 0) return t('tray.state.running', { count: status.running });
  if (failingJobs > 0 && status.failures.last24h > 0) {
    return t('tray.state.failed', { count: status.failures.last24h });
  }
  return t('tray.state.idle');
}

function nextInWords({ next }: TrayFacts, { t, format, now }: TrayWords): string {
  if (next === null) return t('tray.noNextRun');
  return t('tray.nextRun', { job: next.jobName, time: soon(format, next.at, now) });
}

/** `14:05` within a day, with the date beyond it. */
function soon(format: Format, instant: string, now: number): string {
  const isToday = new Date(instant).toDateString() === new Date(now).toDateString();
  return isToday ? format.time(instant) : format.exact(instant, now);
}

function failures({ status }: TrayFacts, { t, format, now }: TrayWords): readonly TrayItem[] {
  const latest = status.failures.latest.slice(0, MOST_FAILURES);
  if (latest.length === 0) return [];
  const items = latest.map(({ jobName, at, runId }) =>
    action(t('tray.failure', { job: jobName, time: soon(format, at, now) }), {
      kind: 'open-run',
      runId,
    }),
  );
  return [{ kind: 'submenu', label: t('tray.lastFailures'), items }];
}

function runNow({ jobs }: TrayFacts, { t }: TrayWords): TrayItem {
  const items: readonly TrayItem[] = jobs.map(({ id, name }) =>
    action(name, { kind: 'run-job', jobId: id }),
  );
  const empty: TrayItem = { kind: 'words', label: t('tray.noJobs') };
  return { kind: 'submenu', label: t('tray.runNow'), items: items.length > 0 ? items : [empty] };
}

function pauseMenu({ t }: TrayWords): TrayItem {
  const item = (label: string, length: PauseLength) => action(label, { kind: 'pause', length });
  return {
    kind: 'submenu',
    label: t('tray.pause'),
    items: [
      item(t('tray.pause15'), '15-minutes'),
      item(t('tray.pause1h'), '1-hour'),
      item(t('tray.pauseTomorrow'), 'tomorrow'),
      item(t('tray.pauseUntilResume'), 'until-resume'),
    ],
  };
}

function action(label: string, what: TrayAction): TrayItem {
  return { kind: 'action', label, action: what };
}

/** Counts the jobs whose last run did not end well. */
export function countFailing(heartbeats: CommandOutput<'overview'>['heartbeats']): number {
  const bad = ['failed', 'timed-out', 'interrupted'];
  return heartbeats.filter(({ runs }) => {
    const outcome = runs.findLast(
      (run) => run.outcome !== null && run.outcome !== 'skipped',
    )?.outcome;
    return outcome !== undefined && outcome !== null && bad.includes(outcome);
  }).length;
}
