import { z } from 'zod';
import { command } from './command.ts';
import { ERROR_CODES, type ErrorCode } from './errors.ts';
import { refusals } from './i18n/en/refusals.ts';
import { runSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { idSchema, instantInputSchema, jsonObjectSchema, listQuery, pageOf } from './values.ts';

/** Commands for whoever looks after many jobs: what failed for good, where each stands, and many at once. */

const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];
const errorSchema = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
  says: saidSchema.optional(),
  details: z.array(
    z.strictObject({ path: z.string(), message: z.string(), says: saidSchema.optional() }),
  ),
});

/** What became of each, in the order in which they were named. */
const resultsSchema = z.strictObject({
  results: z.array(
    z.strictObject({
      id: z.string(),
      ok: z.boolean(),
      error: errorSchema.nullable(),
      /** Runs that were started. */
      runIds: z.array(z.string()),
    }),
  ),
});
export type Results = z.infer<typeof resultsSchema>;

const byJobId = z.strictObject({ id: idSchema });
const runIdSchema = z.string().min(1).max(64);
const watermarkSchema = z.string().max(10_000);
const cursorSchema = z.strictObject({ watermark: watermarkSchema.nullable() });

const idsSchema = z.array(idSchema).min(1, refusals.jobsNeeded).max(1000);

export const operations = {
  'dead-letters.list': command({
    doc: 'Lists runs whose last attempt failed and that nobody has retried or dismissed, newest first.',
    method: 'GET',
    path: '/dead-letters',
    input: z.strictObject(listQuery),
    output: pageOf(runSchema),
  }),
  'dead-letters.retry': command({
    doc: 'Retries dead letters: a new run each, with retryOf.',
    method: 'POST',
    path: '/dead-letters/retry',
    input: z.strictObject({ ids: z.array(runIdSchema).max(1000) }),
    output: resultsSchema,
  }),
  'dead-letters.dismiss': command({
    doc: 'Takes a run off the list of dead letters; the run itself stays.',
    method: 'DELETE',
    path: '/dead-letters/{runId}',
    input: z.strictObject({ runId: runIdSchema }),
    output: z.null(),
    status: 204,
  }),
  'jobs.cursor.get': command({
    doc: 'The watermark from which an incremental job reads next; null reads from the start.',
    method: 'GET',
    path: '/jobs/{id}/cursor',
    input: byJobId,
    output: cursorSchema,
  }),
  'jobs.cursor.put': command({
    doc: 'Sets the watermark; refused while a run of the job is under way.',
    method: 'PUT',
    path: '/jobs/{id}/cursor',
    input: byJobId.extend({ watermark: watermarkSchema }),
    output: cursorSchema,
  }),
  'jobs.cursor.delete': command({
    doc: 'Forgets the watermark: the next run reads from the start.',
    method: 'DELETE',
    path: '/jobs/{id}/cursor',
    input: byJobId,
    output: z.null(),
    status: 204,
  }),
  'jobs.bulk': command({
    doc: 'Does the same to many jobs; what goes wrong with one does not touch the others.',
    method: 'POST',
    path: '/jobs/bulk',
    input: z.discriminatedUnion('action', [
      z.strictObject({
        ids: idsSchema,
        action: z.literal('pause'),
        until: instantInputSchema.nullable().default(null),
        reason: z.string().max(500).nullable().default(null),
      }),
      z.strictObject({ ids: idsSchema, action: z.literal('resume') }),
      z.strictObject({
        ids: idsSchema,
        action: z.literal('run'),
        input: jsonObjectSchema.optional(),
        full: z.boolean().default(false),
      }),
      z.strictObject({ ids: idsSchema, action: z.literal('delete') }),
      /** Fields of a job; those that are not named stay as they are. */
      z.strictObject({ ids: idsSchema, action: z.literal('set'), set: jsonObjectSchema }),
    ]),
    output: resultsSchema,
  }),
};
