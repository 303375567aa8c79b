import { NO_COUNTS, type Run } from '../../src/shared/run.ts';

/** A run that succeeded, with whatever a test wants to be different. */
export function sampleRun(different: Partial<Run> = {}): Run {
  return {
    id: '01J8XK5Q2V',
    jobId: 'coins-30s',
    integrationId: 'coins',
    trigger: 'schedule',
    triggeredBy: null,
    retryOf: null,
    scheduledFor: '2026-11-21T12:00:00.000Z',
    scheduledUntil: null,
    occurrences: 1,
    createdAt: '2026-11-21T12:00:00.001Z',
    startedAt: '2026-11-21T12:00:00.002Z',
    finishedAt: '2026-11-21T12:00:00.125Z',
    durationMs: 123.4,
    state: 'finished',
    outcome: 'succeeded',
    reason: null,
    instance: 1,
    attempt: 1,
    nextRetryAt: null,
    heartbeatAt: null,
    worker: 'host-1',
    priority: 'normal',
    input: {},
    result: null,
    resources: { cpuMs: 12.5, peakBytes: 0 },
    counts: { ...NO_COUNTS, requests: 3, received: 100, valid: 98, invalid: 2, new: 98 },
    errorsByField: { price: 2 },
    error: null,
    progress: { done: 3, total: 3, etaMs: null, message: null },
    stepMs: { wait: 0.4, request: 20.3456, persist: 5.1 },
    ...different,
  };
}
