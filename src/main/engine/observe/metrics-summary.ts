import {
  createHistogram,
  monitorEventLoopDelay,
  type IntervalHistogram,
  type RecordableHistogram,
} from 'node:perf_hooks';
import type { MetricsSummary } from '../../../shared/insight.ts';
import type { Outcome, Run } from '../../../shared/run.ts';
import { toIso, type Clock, type Timer } from '../clock.ts';
import type { EventHub } from './events.ts';
import { latenessOf, type LiveFigures } from './metrics.ts';

const MICROSECONDS = 1000;
const NANOSECONDS = 1_000_000;
/** How finely the event loop is watched: coarser costs less while nothing happens. */
const LOOP_WATCH_MS = 50;
/** Nobody looks any more. */
const FORGOTTEN_AFTER_MS = 30_000;

export interface SummaryOptions {
  readonly hub: Pick<EventHub, 'on'>;
  readonly clock: Clock;
  readonly live: () => LiveFigures;
}

/** The few figures that a person looks at, with percentiles of their own: buckets are too coarse for one program. */
export class SummaryOfMetrics {
  readonly #options: SummaryOptions;
  readonly #since: string;
  readonly #stops: readonly (() => void)[];
  readonly #lateness = createHistogram();
  readonly #commits = createHistogram();
  readonly #runs = new Map<Outcome, number>();
  #loop: IntervalHistogram | null = null;
  #forget: Timer | null = null;

  constructor(options: SummaryOptions) {
    this.#options = options;
    this.#since = toIso(options.clock.now());
    const { hub } = options;
    this.#stops = [
      hub.on('run.started', ({ run }) => this.#started(run)),
      hub.on('run.finished', ({ run }) => this.#ended(run, 1)),
      hub.on('run.skipped', ({ run }) => this.#ended(run, run.occurrences)),
      hub.on('store.committed', ({ ms }) => record(this.#commits, ms)),
    ];
  }

  /** Watches the event loop from the first time on, until nobody asks any more. */
  read(): MetricsSummary {
    const { running, queued } = this.#options.live();
    const { rss, heapUsed } = process.memoryUsage();
    return {
      since: this.#since,
      runs: Object.fromEntries(this.#runs),
      running,
      queued: Object.values(queued).reduce((sum, size) => sum + size, 0),
      lateness: percentiles(this.#lateness, MICROSECONDS, 0),
      commits: percentiles(this.#commits, MICROSECONDS, 0),
      loopDelay: this.#loopDelay(),
      memory: { residentBytes: rss, heapBytes: heapUsed },
    };
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#forget?.cancel();
    this.#loop?.disable();
  }

  #started(run: Run): void {
    const lateMs = latenessOf(run);
    if (lateMs !== null) record(this.#lateness, lateMs);
  }

  #ended({ outcome }: Run, times: number): void {
    if (outcome !== null) this.#runs.set(outcome, (this.#runs.get(outcome) ?? 0) + times);
  }

  #loopDelay(): MetricsSummary['loopDelay'] {
    this.#forget?.cancel();
    this.#forget = this.#options.clock.setTimer(FORGOTTEN_AFTER_MS, () => {
      this.#loop?.disable();
      this.#loop = null;
    });
    if (this.#loop === null) {
      this.#loop = monitorEventLoopDelay({ resolution: LOOP_WATCH_MS });
      this.#loop.enable();
    }
    // What is measured is the time between two looks, of which the wanted one is no delay.
    const delay = percentiles(this.#loop, NANOSECONDS, LOOP_WATCH_MS);
    this.#loop.reset();
    return delay;
  }
}

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * MICROSECONDS)));
}

function percentiles(
  histogram: RecordableHistogram | IntervalHistogram,
  unitsPerMs: number,
  expectedMs: number,
): MetricsSummary['lateness'] {
  const { count } = histogram;
  const at = (percentile: number) =>
    count === 0 ? null : Math.max(0, histogram.percentile(percentile) / unitsPerMs - expectedMs);
  return { count, p50Ms: at(50), p99Ms: at(99) };
}
