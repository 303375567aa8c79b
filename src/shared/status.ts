import { z } from 'zod';
import { say, type Told } from './sentences.ts';
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

/** The reason of a pause that the program made itself, because the clock did something that cannot be believed. */
export const CLOCK_JUMP = 'clock-jump';

/** Why everything is paused, in words; null: nobody said why. */
export function whyPaused({ pauseReason }: Pick<Status, 'pauseReason'>): Told | null {
  if (pauseReason === CLOCK_JUMP) return say('clockJump');
  return pauseReason === null ? null : { message: pauseReason };
}

/** Why the program is not simply running, in words. */
export function whyNotRunning(
  status: Pick<Status, 'stateReason' | 'stateReasonSays' | 'pauseReason'>,
): Told | null {
  const { stateReason, stateReasonSays: says } = status;
  return stateReason === null ? whyPaused(status) : { message: stateReason, says };
}
