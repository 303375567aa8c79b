import { z } from 'zod';
import { jsonSchema, type JsonValue } from './values.ts';

/**
 * Which sentence something is, and what stands in it: plain data that crosses threads and the local server and is
 * stored, so that whoever shows it can say it in the language of who reads.
 */
export const saidSchema = z.strictObject({
  key: z.string(),
  /** By the names in the sentence: texts, numbers, or sentences that stand inside it. */
  data: z.record(z.string(), jsonSchema),
});
export interface Said {
  readonly key: string;
  readonly data: Readonly<Record<string, JsonValue>>;
}
