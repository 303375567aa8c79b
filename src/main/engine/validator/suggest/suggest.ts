import { say, type Sentence } from '../../../../shared/sentences.ts';
import type { TestResult } from '../../../../shared/test-result.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import { compilePath } from '../json-path.ts';
import { parseBody } from '../parse-body.ts';
import { Refusal } from '../refusal.ts';
import { selectRecords } from '../select-records.ts';
import { inferSchema } from './infer-schema.ts';
import { suggestKey } from './suggest-key.ts';
import { suggestPagination, totalOf } from './suggest-pagination.ts';
import { suggestPath } from './suggest-path.ts';

/** The first answer of an API, from which a declaration is proposed. */
export interface SuggestRequest {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As asked, for the parameters it has already. */
  readonly url: string;
  /** What the person declared, to tell when it stops after the first page. */
  readonly paginationKind: string;
  readonly maxDepth: number;
}

export interface SuggestResult {
  readonly suggestions: TestResult['suggestions'];
  /** Sentences for the person, such as that only the first page was read. */
  readonly hints: readonly Sentence[];
}

/** So many records say what the others look like. */
const SAMPLE_RECORDS = 200;

const NOTHING: SuggestResult = {
  suggestions: { path: null, pagination: null, key: [], schema: null },
  hints: [],
};

/** Proposes record path, pagination, key and schema; each is null or empty when the sample does not tell. */
export function suggest(request: SuggestRequest): SuggestResult {
  try {
    const body = parseBody(request.body, request.contentType, request.maxDepth);
    const path = suggestPath(body.loose);
    const records = selectRecords(compilePath(path), body).loose.slice(0, SAMPLE_RECORDS);
    const pagination = suggestPagination({ ...request, body: body.loose, records: records.length });
    const key = suggestKey(records);
    return {
      suggestions: { path, pagination, key: [...key], schema: inferSchema(records, key) },
      hints: hintsOf(request, body.loose, records.length, pagination !== null),
    };
  } catch (thrown) {
    if (thrown instanceof Refusal) return NOTHING;
    throw thrown;
  }
}

function hintsOf(
  request: SuggestRequest,
  body: JsonValue,
  received: number,
  seesPages: boolean,
): readonly Sentence[] {
  if (request.paginationKind !== 'none') return [];
  const total = totalOf(body, request.headers);
  if (total !== null && received > 0 && total > received && received < SAMPLE_RECORDS)
    return [say('hintTotal', { total, received })];
  return seesPages ? [say('hintPages')] : [];
}
