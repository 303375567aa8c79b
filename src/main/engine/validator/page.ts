import type { RunError } from '../../../shared/run.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
import type { Clock } from '../clock.ts';
import { type BodyRecords, bodyRecords } from './body-records.ts';
import { compiledRules } from './compiled-rules.ts';
import { repeatedKeys } from './duplicate-keys.ts';
import { NO_FIELDS } from './field-census.ts';
import { type Judgement, judgeRecords } from './judge-records.ts';
import type { PageRequest, ProcessedPage } from './page-types.ts';
import { type OpenBody, openBody } from './parse-body.ts';
import { Refusal } from './refusal.ts';

/**
 * A page, from body bytes to packed records:
 *
 *     bytes -> text -> scan -> parse -> select -> judge each record -> packed | quarantine
 *
 * The consumer calls a `ProcessPage` (see page-processor.ts), which works here or in the compute pool.
 */
export { preparePlan } from './rules.ts';
export type {
  PageRequest,
  PageSample,
  PlanRules,
  ProcessedPage,
  SampleInvalid,
} from './page-types.ts';

/** Works on the calling thread. Never throws for what a body or a rule may contain. */
export function processPage(request: PageRequest, clock: Clock): ProcessedPage {
  return workOnPage(request, clock).page;
}

/** As `processPage`; tells also which of the selected records were refused, by their index. */
export function workOnPage(
  request: PageRequest,
  clock: Clock,
): { readonly page: ProcessedPage; readonly refused: readonly number[] } {
  const started = clock.monotonic();
  const bytes = request.body.byteLength;
  try {
    const compiled = compiledRules(request.rules);
    const body = openBody(request.body, request.contentType, request.rules.maxDepth);
    const records = bodyRecords(body, compiled.path, request.extract);
    const parsed = clock.monotonic();
    const judgement = judgeRecords(records, {
      rules: request.rules,
      compiled,
      mark: body.mark,
      outOfRange: body.scan.outOfRange,
      sample: request.sample ?? { records: 0, invalid: 0 },
      isFirstPage: request.page === 1,
      bodyBytes: bytes,
    });
    const page: ProcessedPage = {
      extracted: records.extracted,
      // A filter may well select nothing.
      isListMissing: !records.isThere && compiled.path.kind === 'simple',
      notes: notesOn(body, records, judgement, request.rules.recordPath),
      parseMs: parsed - started,
      validateMs: clock.monotonic() - parsed,
      error: null,
      // Last: what begins with a spread and then gets more gets a shape of its own each time, in Node 20.
      ...summary(judgement, records.count, request, bytes),
    };
    return { page, refused: judgement.refused };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const parseMs = clock.monotonic() - started;
    return { page: refusedPage(thrown.error, { bytes, parseMs }), refused: [] };
  }
}

/** A page that cannot be used as a whole. */
export function refusedPage(
  error: RunError,
  known: { readonly bytes: number; readonly parseMs: number },
): ProcessedPage {
  return {
    batch: null,
    counts: {
      bytes: known.bytes,
      received: 0,
      valid: 0,
      invalid: 0,
      warnings: 0,
      duplicates: 0,
    },
    errorsByField: error.field === undefined ? {} : { [error.field]: 1 },
    quarantine: [],
    extracted: {},
    watermark: null,
    recordsFingerprint: '',
    fields: NO_FIELDS,
    parseMs: known.parseMs,
    validateMs: 0,
    notes: [],
    isListMissing: false,
    sample: null,
    error,
  };
}

function summary(judgement: Judgement, received: number, request: PageRequest, bytes: number) {
  const { batch, valid, warnings, duplicates, quarantine, samples, watermark } = judgement;
  return {
    batch,
    counts: {
      bytes,
      received,
      valid,
      invalid: quarantine.length,
      warnings,
      duplicates,
    },
    errorsByField: judgement.errorsByField,
    quarantine,
    watermark,
    recordsFingerprint: judgement.fingerprint,
    fields: judgement.fields,
    sample: request.sample && {
      records: samples.records,
      invalid: samples.invalid.map((one) => ({ page: request.page, ...one })),
    },
  };
}

function notesOn(
  body: OpenBody,
  records: BodyRecords,
  judgement: Judgement,
  path: string,
): readonly Sentence[] {
  const notes: Sentence[] = [];
  if (!records.isThere) notes.push(say('pathFoundNothing', { path }));
  const keys =
    records.keysOutside === null ? records.keysInAll : judgement.keys + records.keysOutside;
  if (keys === body.scan.colons) return notes;
  for (const [key, times] of repeatedKeys(body.textOf(0, body.bytes.length)))
    notes.push(say('keyRepeated', { key: key.slice(0, 200), count: times }));
  return notes;
}
