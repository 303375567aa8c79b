import type { Counts, Outcome, Run, RunError, RunPage, StepMs } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';

/**
 * What the stages tell each other's watchers but not the world: too fine for windows and clients, needed by logs,
 * metrics and telemetry. These have no number and are not replayed.
 */
export interface InternalEvents {
  /** A page of a run is on disk; the counts are those of the page alone. */
  'page.stored': {
    readonly run: RunRef;
    readonly page: RunPage;
    readonly counts: Counts;
    /** Pages that the API says there are in all; null when it does not say. */
    readonly totalPages: number | null;
    /** Otherwise only what it cost is kept. */
    readonly wasRead: boolean;
  };
  /** One try of a run has ended; `run.retrying` or `run.finished` tells what becomes of the run. */
  'attempt.finished': {
    readonly run: RunRef;
    readonly outcome: Outcome;
    readonly error: RunError | null;
    readonly durationMs: number;
    readonly stepMs: StepMs;
  };
  /** A run waits for an origin, a backoff or the network; `untilMs` is epoch ms, null when unknown. */
  'run.waiting': {
    readonly run: RunRef;
    readonly reason: string;
    readonly untilMs: number | null;
  };
  /** A transaction is on disk, after so many ms. */
  'store.committed': { readonly ms: number; readonly ops: number };
  'store.checkpointed': { readonly ms: number; readonly snapshotBytes: number };
  /** Something for `app.log` that no event says: a circuit opened, the clock jumped, the server started. */
  notice: {
    readonly level: LogLevel;
    readonly message: string;
    readonly fields: { readonly [name: string]: JsonValue };
  };
}

export type InternalEventName = keyof InternalEvents;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Which run, and which try of it. */
export interface RunRef extends Pick<Run, 'jobId' | 'integrationId' | 'attempt' | 'instance'> {
  readonly runId: string;
}
