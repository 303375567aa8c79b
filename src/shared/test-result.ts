import { z } from 'zod';
import { paginationSchema } from './integration.ts';
import { countsSchema, runErrorSchema, stepMsSchema } from './run.ts';
import { saidSchema } from './said.ts';
import { jsonObjectSchema, jsonSchema } from './values.ts';

/** What a test of an integration found out; secrets are masked in all of it, nothing of it is stored. */

const messageSchema = z.strictObject({
  method: z.string().optional(),
  url: z.string().optional(),
  status: z.number().int().optional(),
  headers: z.record(z.string(), z.string()),
  /** Cut at 1 MiB; `truncated` says so. */
  body: z.string().nullable(),
  truncated: z.boolean(),
});

export const testResultSchema = z.strictObject({
  pages: z.array(
    z.strictObject({
      request: messageSchema,
      response: messageSchema.nullable(),
      stepMs: stepMsSchema,
      records: z.number().int(),
    }),
  ),
  records: z.array(z.strictObject({ key: z.string(), data: jsonSchema })),
  invalid: z.array(
    z.strictObject({
      page: z.number().int(),
      reason: z.string(),
      rule: z.string(),
      field: z.string(),
      message: z.string(),
      says: saidSchema.optional(),
      value: jsonSchema.nullable(),
      raw: jsonSchema,
    }),
  ),
  counts: countsSchema,
  /** The address of the page that would be asked next; null at the end. */
  nextPage: z.string().nullable(),
  hints: z.array(z.string()),
  hintsSays: z.array(saidSchema.nullable()).optional(),
  suggestions: z.strictObject({
    path: z.string().nullable(),
    pagination: paginationSchema.nullable(),
    key: z.array(z.string()),
    schema: jsonObjectSchema.nullable(),
  }),
  error: runErrorSchema.nullable(),
});
export type TestResult = z.infer<typeof testResultSchema>;
