import { z } from 'zod';
import { outcomeSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { countSchema, idSchema, instantSchema } from './values.ts';

export const APP_STATES = [
  'starting',
  'running',
  'paused',
  'degraded',
  'read-only',
  'stopping',
] as const;
export const appStateSchema = z.enum(APP_STATES);
export type AppState = z.infer<typeof appStateSchema>;

export const failureSchema = z.strictObject({
  runId: z.string(),
  jobId: idSchema,
  jobName: z.string(),
  outcome: outcomeSchema,
  message: z.string().nullable(),
  says: saidSchema.optional(),
  at: instantSchema,
});
export type Failure = z.infer<typeof failureSchema>;

export const statusSchema = z.strictObject({
  version: z.string(),
  state: appStateSchema,
  /** Why the state is not `running`, in words, and what the person can do; null when it runs. */
  stateReason: z.string().nullable(),
  stateReasonSays: saidSchema.optional(),
  pausedUntil: instantSchema.nullable(),
  pauseReason: z.string().nullable(),
  startedAt: instantSchema,
  online: z.boolean(),
  running: countSchema,
  queued: countSchema,
  jobs: z.strictObject({ total: countSchema, enabled: countSchema }),
  nextRun: z.strictObject({ jobId: idSchema, at: instantSchema }).nullable(),
  store: z.strictObject({
    lsn: countSchema,
    journalBytes: countSchema,
    snapshotBytes: countSchema,
    records: countSchema,
    runs: countSchema,
  }),
  failures: z.strictObject({ last24h: countSchema, latest: z.array(failureSchema) }),
});
export type Status = z.infer<typeof statusSchema>;
