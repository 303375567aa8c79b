import type { Job } from '../../../src/shared/job.ts';
import {
  NO_COUNTS,
  STEPS,
  type Attempt,
  type Outcome,
  type Run,
  type RunDetail,
  type RunError,
  type StepMs,
} from '../../../src/shared/run.ts';
import { seeded } from './seeded.ts';

const ERRORS: Readonly<Record<string, RunError>> = {
  refused: {
    code: 'http-status',
    kind: 'config',
    status: 401,
    message: '401: the API refused the password. Check the secret "erp-password".',
  },
  down: {
    code: 'http-status',
    kind: 'transient',
    status: 503,
    message: '503: the API is not available right now.',
    excerpt: '<html><head><title>503 Service Temporarily Unavailable</title></head>',
  },
  slow: {
    code: 'total-timeout',
    kind: 'transient',
    message: 'No complete answer within 10 s (limits.totalMs).',
  },
};

export interface FakeRunsOptions {
  readonly now: number;
  readonly jobs: readonly Job[];
  readonly count: number;
}

/** Finished runs, newest first, one every few seconds back from now; like a long, mostly healthy history. */
export function fakeRuns({ now, jobs, count }: FakeRunsOptions): Run[] {
  if (jobs.length === 0) return [];
  const random = seeded(7);
  return Array.from({ length: count }, (_, index) => {
    const job = jobs[Math.floor(random() ** 2 * jobs.length)] ?? jobs[0]!;
    const created = now - 20_000 - index * 21_000 - Math.floor(random() * 9000);
    return fakeRun({ id: `01K${String(count - index).padStart(8, '0')}`, job, created, random });
  });
}

interface FakeRun {
  readonly id: string;
  readonly job: Job;
  /** Epoch ms. */
  readonly created: number;
  readonly random: () => number;
}

export function fakeRun({ id, job, created, random }: FakeRun): Run {
  const outcome = outcomeOf(job, random());
  const isSkipped = outcome === 'skipped';
  const stepMs = isSkipped ? {} : fakeSteps(random, outcome);
  const durationMs = isSkipped ? null : sum(stepMs) + (outcome === 'failed' ? 3000 : 0);
  const started = isSkipped ? null : created + 4 + Math.floor(random() * 30);
  const occurrences = isSkipped ? 1 + Math.floor(random() * 12) : 1;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    id,
    jobId: job.id,
    integrationId: job.integrationId,
    trigger: job.schedule.kind === 'manual' ? 'manual' : random() > 0.97 ? 'catch-up' : 'schedule',
    triggeredBy: null,
    retryOf: null,
    scheduledFor: iso(created - 3),
    scheduledUntil: occurrences > 1 ? iso(created + occurrences * 30_000) : null,
    occurrences,
    createdAt: iso(created),
    startedAt: started === null ? null : iso(started),
    finishedAt: iso((started ?? created) + (durationMs ?? 0)),
    durationMs,
    state: 'finished',
    outcome,
    reason: isSkipped ? (random() > 0.5 ? 'overlap' : 'missed') : null,
    instance: 1,
    attempt: isSkipped ? 0 : outcome === 'failed' ? 3 : 1,
    nextRetryAt: null,
    heartbeatAt: null,
    worker: 'desk-4711',
    priority: job.priority ?? 'normal',
    input: {},
    result: null,
    resources: { cpuMs: 12.5, peakBytes: 4_194_304 },
    counts: countsOf(outcome, random),
    errorsByField:
      outcome === 'succeeded' && random() > 0.8 ? { price: 2, 'seller.tax_id': 1 } : {},
    error: errorOf(job, outcome),
    progress: { done: 3, total: 3, etaMs: null, message: null },
    stepMs,
  };
}

function outcomeOf(job: Job, draw: number): Outcome {
  if (job.id === 'invoices-15m') return draw > 0.7 ? 'failed' : 'succeeded';
  if (draw < 0.9) return 'succeeded';
  if (draw < 0.93) return 'skipped';
  if (draw < 0.96) return 'failed';
  if (draw < 0.975) return 'partial';
  if (draw < 0.985) return 'timed-out';
  if (draw < 0.995) return 'cancelled';
  return job.id === 'backup-nightly' ? 'interrupted' : 'succeeded';
}

function errorOf(job: Job, outcome: Outcome): RunError | null {
  if (outcome === 'timed-out') return ERRORS['slow'] ?? null;
  if (outcome !== 'failed') return null;
  return (job.id === 'invoices-15m' ? ERRORS['refused'] : ERRORS['down']) ?? null;
}

function countsOf(outcome: Outcome, random: () => number): Run['counts'] {
  if (outcome === 'skipped') return NO_COUNTS;
  if (outcome === 'failed') return { ...NO_COUNTS, requests: 3 };
  const received = 100 + Math.floor(random() * 200);
  const invalid = random() > 0.8 ? 3 : 0;
  const fresh = Math.floor(random() * 12);
  const changed = Math.floor(random() * 60);
  return {
    ...NO_COUNTS,
    requests: 3,
    bytes: received * 251,
    received,
    valid: received - invalid,
    invalid,
    new: fresh,
    changed,
    unchanged: received - invalid - fresh - changed,
  };
}

const TYPICAL_MS = [3, 14, 130, 40, 6, 9, 4, 12];

function fakeSteps(random: () => number, outcome: Outcome): StepMs {
  const slow = outcome === 'timed-out' ? 90 : 1;
  const entries = STEPS.map((step, index) => {
    const ms = (TYPICAL_MS[index] ?? 1) * (0.4 + random() * 1.4) * (step === 'request' ? slow : 1);
    return [step, Math.round(ms * 10) / 10] as const;
  });
  return Object.fromEntries(outcome === 'failed' ? entries.slice(0, 4) : entries);
}

function sum(stepMs: StepMs): number {
  return Object.values(stepMs).reduce((total, ms) => total + ms, 0);
}

/** The attempts and pages that come to the run's totals. */
export function fakeDetail(run: Run): RunDetail {
  if (run.startedAt === null) return { ...run, attempts: [] };
  const random = seeded(Number(run.id.slice(3)) || 1);
  const start = Date.parse(run.startedAt);
  const attempts = Array.from({ length: Math.max(1, run.attempt) }, (_, index) =>
    fakeAttempt(run, index, start, random),
  );
  return { ...run, attempts };
}

function fakeAttempt(run: Run, index: number, start: number, random: () => number): Attempt {
  const isLast = index === Math.max(1, run.attempt) - 1;
  const offset = index * 1500;
  const pages = run.outcome === 'failed' ? 1 : Math.max(1, run.counts.requests);
  let at = 2;
  const shown = Array.from({ length: pages }, (_, page) => {
    const stepMs = fakeSteps(random, run.outcome === 'failed' ? 'failed' : 'succeeded');
    if (page > 0) delete (stepMs as Record<string, number>)['connect'];
    const startMs = at;
    at += sum(stepMs) * 0.86;
    return {
      page: page + 1,
      url: `https://api.coins.example/v3/markets?currency=brl&page=${page + 1}&per_page=100`,
      status: run.error?.status ?? (run.outcome === 'timed-out' ? null : 200),
      bytes: run.outcome === 'failed' ? 312 : 25_100,
      records: run.outcome === 'failed' ? 0 : Math.round(run.counts.received / pages),
      startMs,
      stepMs,
    };
  });
  return {
    number: index + 1,
    startedAt: new Date(start + offset).toISOString(),
    finishedAt:
      run.state === 'finished' || !isLast ? new Date(start + offset + at).toISOString() : null,
    outcome: isLast ? run.outcome : 'failed',
    error: isLast ? run.error : (ERRORS['down'] ?? null),
    pages: shown,
    stepMs: run.stepMs,
  };
}

/** Lines as JSON objects, as the window asks for them. */
export function fakeLog(run: Run): string {
  const at = run.startedAt ?? run.createdAt;
  const line = (level: string, message: string, fields: object = {}) =>
    JSON.stringify({ at, level, runId: run.id, attempt: 1, message, fields });
  return [
    line('debug', `Queued by ${run.trigger}`, { priority: run.priority }),
    line('info', 'Attempt 1 started'),
    ...Array.from({ length: run.counts.requests }, (_, page) =>
      line('info', `Page ${page + 1} stored`, { page: page + 1, status: 200, requestMs: 92.1 }),
    ),
    ...(run.error ? [line('error', run.error.message)] : []),
    line('info', `Run ended as ${run.outcome ?? '-'}`, { durationMs: run.durationMs ?? 0 }),
  ].join('\n');
}
