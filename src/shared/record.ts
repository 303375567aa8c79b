import { z } from 'zod';
import { countSchema, idSchema, instantSchema, jsonSchema } from './values.ts';

/** One item that an API returned, identified by (integration, key); it has versions. */

export const CHANGES = ['new', 'changed', 'vanished'] as const;
export const changeSchema = z.enum(CHANGES);
export type Change = z.infer<typeof changeSchema>;

export const recordSchema = z.strictObject({
  integrationId: idSchema,
  key: z.string(),
  /** As sent: over REST and in exports integers beyond 2^53 keep their digits. */
  data: jsonSchema,
  hash: z.string(),
  version: z.number().int().min(1),
  /** What `runId`, the run that last changed it, did. */
  change: changeSchema,
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
  changedAt: instantSchema,
  vanishedAt: instantSchema.nullable(),
  runId: z.string(),
});
export type DataRecord = z.infer<typeof recordSchema>;

export const recordVersionSchema = z.strictObject({
  version: z.number().int().min(1),
  data: jsonSchema,
  changedFields: z.array(z.string()),
  at: instantSchema,
  runId: z.string(),
});
export type RecordVersion = z.infer<typeof recordVersionSchema>;

/** A record that the validator refused: one row per (integration, content). */
export const quarantineItemSchema = z.strictObject({
  id: z.string(),
  integrationId: idSchema,
  runId: z.string(),
  page: z.number().int(),
  reason: z.enum(['schema', 'key', 'size', 'encoding']),
  rule: z.string(),
  field: z.string(),
  value: jsonSchema.nullable(),
  raw: jsonSchema,
  seen: countSchema,
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
});
export type QuarantineItem = z.infer<typeof quarantineItemSchema>;

/** How many refused records share a reason and a field. */
export const quarantineCountSchema = quarantineItemSchema
  .pick({ integrationId: true, reason: true, field: true })
  .extend({ count: countSchema });
export type QuarantineCount = z.infer<typeof quarantineCountSchema>;
