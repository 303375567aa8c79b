import type { RunError } from '../../../shared/run.ts';
import { toldBy } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { parseBody } from './parse-body.ts';
import { Refusal } from './refusal.ts';
import { extractValues } from './select-records.ts';

export interface BodyToExtractFrom {
  /** Decoded. */
  readonly body: Uint8Array;
  readonly contentType: string | null;
  readonly paths: readonly string[];
  readonly maxDepth: number;
}

/** By JSONPath: the first value of a body that holds no records, such as the answer to a login. Never throws. */
export function extractFromBody({ body, contentType, paths, maxDepth }: BodyToExtractFrom): {
  readonly extracted: Readonly<Record<string, JsonValue>>;
  readonly error: RunError | null;
} {
  try {
    return { extracted: extractValues(paths, parseBody(body, contentType, maxDepth)), error: null };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { extracted: {}, error: thrown.error };
    return { extracted: {}, error: { code: 'bad-path', kind: 'config', ...toldBy(thrown) } };
  }
}
