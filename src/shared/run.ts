import { z } from 'zod';
import { errorKindSchema } from './integration.ts';
import { prioritySchema } from './priority.ts';
import { saidSchema } from './said.ts';
import { countSchema, idSchema, instantSchema, jsonObjectSchema } from './values.ts';

/** One execution of a job: it has attempts, each attempt has steps and pages, and it ends in one outcome. */

export const TRIGGERS = [
  'schedule',
  'catch-up',
  'manual',
  'api',
  'retry',
  'dependency',
  'workflow',
] as const;
export const triggerSchema = z.enum(TRIGGERS);
export type Trigger = z.infer<typeof triggerSchema>;

export const RUN_STATES = ['queued', 'waiting', 'running', 'retrying', 'finished'] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

export const OUTCOMES = [
  'succeeded',
  'partial',
  'failed',
  'timed-out',
  'cancelled',
  'skipped',
  'interrupted',
] as const;
export const outcomeSchema = z.enum(OUTCOMES);
export type Outcome = z.infer<typeof outcomeSchema>;

export const SKIP_REASONS = [
  'overlap',
  'paused',
  'queue-full',
  'offline',
  'blackout',
  'condition',
  'missed',
  'coalesced',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

export const WAIT_REASONS = ['origin', 'backoff', 'network'] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** The steps of an attempt, in the order in which they happen. */
export const STEPS = [
  'wait',
  'connect',
  'request',
  'download',
  'parse',
  'validate',
  'deduplicate',
  'persist',
] as const;
export type Step = (typeof STEPS)[number];
/** Milliseconds spent in each step; a step that did not happen is absent. */
export const stepMsSchema = z.partialRecord(z.enum(STEPS), z.number().min(0));
export type StepMs = { readonly [S in Step]?: number };

export const countsSchema = z.strictObject({
  requests: countSchema,
  notModified: countSchema,
  bytes: countSchema,
  received: countSchema,
  valid: countSchema,
  invalid: countSchema,
  warnings: countSchema,
  duplicates: countSchema,
  new: countSchema,
  changed: countSchema,
  unchanged: countSchema,
  vanished: countSchema,
});
/** received = valid + invalid; valid = new + changed + unchanged + duplicates. `bytes` are decoded. */
export type Counts = z.infer<typeof countsSchema>;

export const NO_COUNTS: Counts = {
  requests: 0,
  notModified: 0,
  bytes: 0,
  received: 0,
  valid: 0,
  invalid: 0,
  warnings: 0,
  duplicates: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  vanished: 0,
};

/** Why an attempt failed. `code` is stable, `message` is for the person, `says` which sentence it is. */
export const runErrorSchema = z.strictObject({
  code: z.string(),
  kind: errorKindSchema,
  message: z.string(),
  says: saidSchema.optional(),
  status: z.number().int().optional(),
  retryAfterMs: z.number().optional(),
  field: z.string().optional(),
  excerpt: z.string().optional(),
});
export type RunError = z.infer<typeof runErrorSchema>;

export const pageSchema = z.strictObject({
  page: z.number().int(),
  url: z.string(),
  status: z.number().int().nullable(),
  bytes: countSchema,
  records: countSchema,
  /** From the start of the attempt. */
  startMs: z.number(),
  stepMs: stepMsSchema,
  notModified: z.boolean().optional(),
});
export type RunPage = z.infer<typeof pageSchema>;

export const attemptSchema = z.strictObject({
  number: z.number().int().min(1),
  startedAt: instantSchema,
  finishedAt: instantSchema.nullable(),
  outcome: outcomeSchema.nullable(),
  error: runErrorSchema.nullable(),
  pages: z.array(pageSchema),
  stepMs: stepMsSchema,
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * What was missing in a complete read but was not marked as vanished: too large a `share` of the records (see
 * `vanishedMaxPercent`), or there was `no-list` at the path of the records. `of`: how many there are.
 */
export const heldBackSchema = z.strictObject({
  vanished: countSchema,
  of: countSchema,
  why: z.enum(['share', 'no-list']),
});
export type HeldBack = z.infer<typeof heldBackSchema>;

export const runSchema = z.strictObject({
  id: z.string(),
  jobId: idSchema,
  integrationId: idSchema,
  trigger: triggerSchema,
  triggeredBy: z.string().nullable(),
  retryOf: z.string().nullable(),
  /** The due instant; null for a run that no schedule asked for. */
  scheduledFor: instantSchema.nullable(),
  /** The last due instant that this row covers when it stands for several, else null. */
  scheduledUntil: instantSchema.nullable(),
  occurrences: z.number().int().min(1),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  finishedAt: instantSchema.nullable(),
  durationMs: z.number().nullable(),
  state: runStateSchema,
  outcome: outcomeSchema.nullable(),
  /** Why it waits (origin, backoff, network) or was skipped. */
  reason: z.string().nullable(),
  instance: z.number().int().min(1),
  attempt: z.number().int().min(0),
  nextRetryAt: instantSchema.nullable(),
  /** While it is queued for a time that somebody named. */
  startsAt: instantSchema.optional(),
  heartbeatAt: instantSchema.nullable(),
  worker: z.string().nullable(),
  priority: prioritySchema,
  input: jsonObjectSchema,
  result: z.string().nullable(),
  resources: z.strictObject({ cpuMs: z.number(), peakBytes: z.number() }),
  counts: countsSchema,
  errorsByField: z.record(z.string(), countSchema),
  error: runErrorSchema.nullable(),
  progress: z.strictObject({
    done: countSchema,
    total: countSchema.nullable(),
    etaMs: z.number().nullable(),
    message: z.string().nullable(),
    says: saidSchema.optional(),
  }),
  stepMs: stepMsSchema,
  heldBack: heldBackSchema.optional(),
});
export type Run = z.infer<typeof runSchema>;

/** How a succeeded run differs from what is usual: the median of those before it. */
export const unusualSchema = z.strictObject({
  /** Less than half of the records. */
  fewRecords: z.strictObject({ received: z.number(), usual: z.number() }).nullable(),
  /** Less than half of the pages, and fewer records. */
  fewPages: z.strictObject({ pages: z.number(), usual: z.number() }).nullable(),
});
export type Unusual = z.infer<typeof unusualSchema>;

export const runDetailSchema = runSchema.extend({
  attempts: z.array(attemptSchema),
  /** Absent where nothing is usual yet, and of a run that did not succeed. */
  unusual: unusualSchema.optional(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;
