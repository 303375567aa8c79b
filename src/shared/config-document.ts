import { z } from 'zod';
import { saidSchema } from './said.ts';
import { countSchema } from './values.ts';

/** Integrations and jobs as one document that people keep in files: what they declared, and no secret. */

/** Of the document; a later program writes a higher one when older programs would misread it. */
export const CONFIG_VERSION = 1;

const itemSchema = z.record(z.string(), z.unknown());

export const configDocumentSchema = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  integrations: z.array(itemSchema),
  jobs: z.array(itemSchema),
});
export type ConfigDocument = z.output<typeof configDocumentSchema>;

/**
 * A document that comes in. Its items are judged one by one when they are imported, so that one bad item costs itself
 * only; its version is judged first, because a newer document may hold fields that mean nothing here.
 */
export const configImportSchema = z.looseObject({ version: z.number().int().min(1) });
export type ConfigImport = z.output<typeof configImportSchema>;

/** What became of each item, in the order in which they were taken. */
export const importReportSchema = z.strictObject({
  imported: z.array(z.string()),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  skipped: z.array(
    z.strictObject({
      /** As far as the item says what it is. */
      id: z.string(),
      kind: z.enum(['integration', 'job']),
      why: z.string(),
      whySays: saidSchema.optional(),
    }),
  ),
  counts: z.strictObject({ integrations: countSchema, jobs: countSchema }),
});
export type ImportReport = z.output<typeof importReportSchema>;
