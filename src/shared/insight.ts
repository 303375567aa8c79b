import { z } from 'zod';
import { command } from './command.ts';
import { outcomeSchema, runStateSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { countSchema, idSchema, instantInputSchema, instantSchema, pageOf } from './values.ts';

/** What the program is busy with now, and what its jobs have done hour by hour. */

export const workerSchema = z.strictObject({
  name: z.enum(['main', 'network', 'store', 'compute']),
  /** What it is there for. */
  does: z.string(),
  doesSays: saidSchema.optional(),
  state: z.enum(['working', 'idle', 'silent', 'down']),
  /** When it was last heard of; null: not yet. */
  heartbeatAt: instantSchema.nullable(),
  /** Threads at work and tasks that wait for one, of a pool; of the others, work under way and waiting. */
  busy: countSchema,
  waiting: countSchema,
  /** Times that it was replaced because it died or fell silent. */
  restarts: countSchema,
  /** Attempts that it is making. */
  attempts: z.array(
    z.strictObject({
      runId: z.string(),
      jobId: idSchema,
      attempt: countSchema,
      state: runStateSchema,
      reason: z.string().nullable(),
      startedAt: instantSchema.nullable(),
      pages: countSchema,
    }),
  ),
});
export type WorkerView = z.infer<typeof workerSchema>;

const figures = {
  /** Occurrences: a row that stands for several skipped instants counts as many. */
  runs: countSchema,
  outcomes: z.partialRecord(outcomeSchema, countSchema),
  /** Of runs that ran; null when none did. */
  meanDurationMs: z.number().nullable(),
  maxDurationMs: z.number().nullable(),
  received: countSchema,
  new: countSchema,
  changed: countSchema,
  invalid: countSchema,
  bytes: countSchema,
};
export const figuresSchema = z.strictObject(figures);
export type Figures = z.infer<typeof figuresSchema>;

export const statsSchema = z.strictObject({
  /** What is summed: whole hours, `to` exclusive. */
  from: instantSchema,
  to: instantSchema,
  total: figuresSchema,
  byJob: z.array(z.strictObject({ jobId: idSchema, ...figures })),
  /** Hours in which runs were created, oldest first. */
  byHour: z.array(z.strictObject({ hour: instantSchema, ...figures })),
});
export type Stats = z.infer<typeof statsSchema>;

/** Of what was measured since the start; null while nothing was. */
const percentilesSchema = z.strictObject({
  count: countSchema,
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});

export const metricsSummarySchema = z.strictObject({
  /** The start of the program: what is counted, is counted from here. */
  since: instantSchema,
  runs: z.partialRecord(outcomeSchema, countSchema),
  running: countSchema,
  queued: countSchema,
  /** From the due instant of scheduled runs to their start. */
  lateness: percentilesSchema,
  /** From asking the store to the acknowledgement that it is on disk. */
  commits: percentilesSchema,
  /** By how much the main thread comes late to what is due, since it was last asked. */
  loopDelay: percentilesSchema,
  memory: z.strictObject({ residentBytes: countSchema, heapBytes: countSchema }),
});
export type MetricsSummary = z.infer<typeof metricsSummarySchema>;

export const insight = {
  'metrics.summary': command({
    doc: 'The figures of the program at a glance, since its start; all of them are at /metrics for Prometheus.',
    method: 'GET',
    path: '/metrics',
    input: z.strictObject({}),
    output: metricsSummarySchema,
  }),
  workers: command({
    doc: 'The threads of the program: what each is there for, when it was last heard of, and what it does now.',
    method: 'GET',
    path: '/workers',
    input: z.strictObject({}),
    output: pageOf(workerSchema),
  }),
  stats: command({
    doc: 'What became of runs, in whole hours of their creation, also of runs that were trimmed; the last 7 days unless said otherwise.',
    method: 'GET',
    path: '/stats',
    input: z.strictObject({
      jobId: idSchema.optional(),
      from: instantInputSchema.optional(),
      to: instantInputSchema.optional(),
    }),
    output: statsSchema,
  }),
};
