import { z } from 'zod';
import { countsSchema, runSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { appStateSchema, statusSchema } from './status.ts';
import { countSchema, idSchema } from './values.ts';

/** Everything that is told, said once: IPC, server-sent events, logs and telemetry carry these payloads. */

const runEvent = z.strictObject({ run: runSchema });

export const eventSchemas = {
  'run.queued': runEvent,
  'run.started': runEvent,
  'run.progress': z.strictObject({
    runId: z.string(),
    jobId: idSchema,
    counts: countsSchema,
    progress: runSchema.shape.progress,
  }),
  'run.retrying': runEvent,
  'run.finished': runEvent,
  'run.skipped': runEvent,
  'records.changed': z.strictObject({
    integrationId: idSchema,
    runId: z.string(),
    new: countSchema,
    changed: countSchema,
    vanished: countSchema,
  }),
  'job.changed': z.strictObject({ jobId: idSchema, deleted: z.boolean() }),
  'integration.changed': z.strictObject({ integrationId: idSchema, deleted: z.boolean() }),
  'status.changed': z.strictObject({ status: statusSchema }),
  'store.degraded': z.strictObject({
    state: appStateSchema,
    reason: z.string(),
    reasonSays: saidSchema.optional(),
  }),
};

export type EventName = keyof typeof eventSchemas;
export type EventPayload<N extends EventName> = z.infer<(typeof eventSchemas)[N]>;
/** One event as it is sent: `at` is ISO 8601. */
export type PontualEvent = {
  [N in EventName]: { readonly name: N; readonly at: string; readonly data: EventPayload<N> };
}[EventName];
