import { z } from 'zod';
import { errorKindSchema } from './integration.ts';
import { prioritySchema } from './priority.ts';
import { heldBackSchema, outcomeSchema, unusualSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { blackoutsSchema, jitterMsSchema, missedRunsSchema, scheduleSchema } from './schedule.ts';
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  nameSchema,
  textSchema,
} from './values.ts';

/** What runs: an integration on a schedule, with its policies. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const OVERLAPS = ['skip', 'queue-one', 'queue-all', 'cancel-running', 'allow'] as const;
export const overlapSchema = z.enum(OVERLAPS);
export type Overlap = z.infer<typeof overlapSchema>;

export const JOB_STATES = ['enabled', 'paused', 'auto-paused', 'disabled'] as const;
export const jobStateSchema = z.enum(JOB_STATES);
export type JobState = z.infer<typeof jobStateSchema>;

/** A run's retries. `maxAttempts` includes the first attempt; null inherits from the category. */
export const jobRetrySchema = z.strictObject({
  maxAttempts: z.number().int().min(1).max(100).nullable().default(null),
  delayMs: z.number().int().min(0).default(MINUTE),
  backoff: z.enum(['exponential', 'fixed']).default('exponential'),
  maxDelayMs: z.number().int().min(0).default(HOUR),
  /** Share of the delay that is drawn at random: 0.5 means between half of it and all of it. */
  jitter: z.number().min(0).max(1).default(0.5),
  notOn: z.array(errorKindSchema).default(['config', 'system']),
});
export type JobRetry = z.infer<typeof jobRetrySchema>;

const ownFields = {
  name: nameSchema,
  description: textSchema.default(''),
  integrationId: idSchema,
  enabled: z.boolean().default(true),
  schedule: scheduleSchema.default({ kind: 'manual' }),
  startAt: instantInputSchema.nullable().default(null),
  endAt: instantInputSchema.nullable().default(null),
  jitterMs: jitterMsSchema,
  blackouts: blackoutsSchema,
  missedRuns: missedRunsSchema.default({ policy: 'run-latest', withinMs: null }),
  overlap: overlapSchema.default('skip'),
  maxParallel: z.number().int().min(1).max(1000).nullable().default(null),
  /** How many runs each trigger starts, numbered 1..N. */
  instances: z.number().int().min(1).max(100).default(1),
  splitPages: z.boolean().default(false),
  when: z.string().max(4000).nullable().default(null),
  priority: prioritySchema.nullable().default(null),
  category: z.string().min(1).max(100).nullable().default(null),
  group: z.string().min(1).max(100).nullable().default(null),
  tags: z.array(z.string().min(1).max(100)).max(50).default([]),
  input: jsonObjectSchema.default({}),
  after: z.array(idSchema).max(50).default([]),
  /** Of one attempt; waiting for an origin, a backoff or the network does not count. */
  timeoutMs: z
    .number()
    .int()
    .min(100)
    .max(7 * 24 * HOUR)
    .nullable()
    .default(null),
  retry: jobRetrySchema.prefault({}),
  context: z
    .strictObject({
      marketplace: z.string().max(200).nullable().default(null),
      category: z.string().max(200).nullable().default(null),
      region: z.string().max(200).nullable().default(null),
    })
    .prefault({}),
};

/** What a job adds to its schedule. With the id of one that exists, a rate counts from when that was made. */
export const jobOfScheduleSchema = z.strictObject({
  id: idSchema.nullable().default(null),
  startAt: ownFields.startAt,
  endAt: ownFields.endAt,
  jitterMs: ownFields.jitterMs,
  blackouts: ownFields.blackouts,
});
export type JobOfSchedule = z.output<typeof jobOfScheduleSchema>;

/** What a person gives; server-owned fields may come along and are ignored. */
export const jobInputSchema = z.strictObject({
  id: idSchema.optional(),
  ...ownFields,
  state: z.unknown().optional(),
  pausedUntil: z.unknown().optional(),
  pauseReason: z.unknown().optional(),
  pauseReasonSays: z.unknown().optional(),
  nextRunAt: z.unknown().optional(),
  lastRun: z.unknown().optional(),
  health: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
});
export type JobInput = z.input<typeof jobInputSchema>;
export type JobDraft = z.output<typeof jobInputSchema>;

const definitionSchema = z.strictObject({
  id: idSchema,
  ...ownFields,
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
/** A job as the person declared it. */
export type JobDefinition = z.output<typeof definitionSchema>;

/** What the person says in a draft: all but its id and what only the program knows. */
export function declaredIn(draft: JobDraft): Omit<JobDefinition, 'id' | 'createdAt' | 'updatedAt'> {
  const {
    id: _id,
    state: _state,
    pausedUntil: _until,
    pauseReason: _reason,
    pauseReasonSays: _reasonSays,
    nextRunAt: _next,
    lastRun: _last,
    health: _health,
    createdAt: _created,
    updatedAt: _updated,
    ...declared
  } = draft;
  return declared;
}

/** What is odd about a job: that it fails again and again, or what it brings, though its runs succeed. */
export const jobHealthSchema = z.strictObject({
  /** Runs that failed since the last one that did not. */
  failuresInRow: countSchema,
  /** When it last brought something new or changed; null unless many runs since then brought nothing. */
  noNewSince: instantSchema.nullable(),
  /** Of the last run that succeeded. */
  ...unusualSchema.shape,
  heldBack: heldBackSchema.nullable(),
});
export type JobHealth = z.infer<typeof jobHealthSchema>;

/** A job as it is answered: the definition and what the program knows of it. */
export const jobSchema = definitionSchema.extend({
  state: jobStateSchema,
  pausedUntil: instantSchema.nullable(),
  pauseReason: z.string().nullable(),
  pauseReasonSays: saidSchema.optional(),
  nextRunAt: instantSchema.nullable(),
  lastRun: z
    .strictObject({
      id: z.string(),
      outcome: outcomeSchema.nullable(),
      reason: z.string().nullable(),
      startedAt: instantSchema.nullable(),
      finishedAt: instantSchema.nullable(),
      durationMs: z.number().nullable(),
    })
    .nullable(),
  health: jobHealthSchema.optional(),
});
export type Job = z.output<typeof jobSchema>;
