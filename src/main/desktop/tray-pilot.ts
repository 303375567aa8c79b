import { assertNever } from '../../shared/assert-never.ts';
import type { ContractHandlers } from '../../shared/contract.ts';
import type { EventName } from '../../shared/events.ts';
import { createFormat, createTranslator, type Locale } from '../../shared/i18n/index.ts';
import type { Caller } from '../../shared/command.ts';
import { systemClock, type Clock, type Timer } from '../engine/clock.ts';
import {
  countFailing,
  pauseEnd,
  trayModel,
  type TrayAction,
  type TrayFacts,
  type TrayModel,
} from './tray-menu.ts';

export interface TrayPilotDeps {
  readonly handlers: Pick<
    ContractHandlers,
    'status' | 'overview' | 'jobs.list' | 'jobs.run' | 'pause' | 'resume'
  >;
  readonly locale: () => Locale;
  readonly show: (model: TrayModel) => void;
  /** What only the app can do. */
  readonly open: (path: string | null) => void;
  readonly quit: () => void;
  readonly onError: (error: unknown) => void;
  readonly clock?: Clock;
}

const caller: Caller = { via: 'gui' };
/** A panel that flickers tells less than one that is half a second late. */
const REFRESH_EVERY_MS = 500;
const SHOWN_JOBS = 20;

const interesting: ReadonlySet<EventName> = new Set<EventName>([
  'run.started',
  'run.finished',
  'job.changed',
  'status.changed',
  'store.degraded',
]);

/** Keeps the tray true to the engine, and carries out what is clicked in it. */
export class TrayPilot {
  readonly #deps: TrayPilotDeps;
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #isReading = false;
  #isAskedAgain = false;
  #isStopped = false;

  constructor(deps: TrayPilotDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  hear(eventName: EventName): void {
    if (interesting.has(eventName)) this.refreshSoon();
  }

  refreshSoon(): void {
    if (this.#isStopped) return;
    this.#timer ??= this.#clock.setTimer(REFRESH_EVERY_MS, () => {
      this.#timer = null;
      void this.refresh();
    });
  }

  /** Reads the facts and shows them; asked while it reads, it reads once more. */
  async refresh(): Promise<void> {
    if (this.#isReading) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isReading = true;
    try {
      const facts = await this.#readFacts();
      if (!this.#isStopped) this.#deps.show(trayModel(facts, this.#words()));
    } catch (error) {
      this.#deps.onError(error);
    } finally {
      this.#isReading = false;
    }
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.refreshSoon();
  }

  /** Carries out a click. */
  act(action: TrayAction): void {
    this.#carryOut(action).then(
      () => this.refresh(),
      (error: unknown) => this.#deps.onError(error),
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #readFacts(): Promise<TrayFacts> {
    const { handlers } = this.#deps;
    const [status, overview, jobs] = await Promise.all([
      handlers.status({}, caller),
      handlers.overview({ runsPerJob: 5 }, caller),
      handlers['jobs.list']({ limit: SHOWN_JOBS }, caller),
    ]);
    const next = overview.next[0];
    return {
      status,
      next: next ? { jobName: next.jobName, at: next.at } : null,
      failingJobs: countFailing(overview.heartbeats),
      jobs: jobs.items.map(({ id, name }) => ({ id, name })),
    };
  }

  #words() {
    const locale = this.#deps.locale();
    const { t } = createTranslator(locale);
    return { t, format: createFormat(locale), now: this.#clock.now() };
  }

  async #carryOut(action: TrayAction): Promise<void> {
    const { handlers, open, quit } = this.#deps;
    switch (action.kind) {
      case 'open':
        open(null);
        return;
      case 'open-run':
        open(`/runs/${encodeURIComponent(action.runId)}`);
        return;
      case 'settings':
        open('/settings');
        return;
      case 'quit':
        quit();
        return;
      case 'run-job':
        await handlers['jobs.run'](
          {
            id: action.jobId,
            at: null,
            delayMs: null,
            priority: null,
            full: false,
            allowVanished: false,
          },
          caller,
        );
        return;
      case 'pause':
        await handlers.pause(
          { until: pauseEnd(action.length, this.#clock.now()), reason: null },
          caller,
        );
        return;
      case 'resume':
        await handlers.resume({}, caller);
        return;
      default:
        assertNever(action);
    }
  }
}
