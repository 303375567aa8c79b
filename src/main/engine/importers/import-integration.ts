import { assertNever } from '../../../shared/assert-never.ts';
import { PontualError } from '../../../shared/errors.ts';
import { type IntegrationDraft, integrationInputSchema } from '../../../shared/integration.ts';
import { toldBy } from '../../../shared/sentences.ts';
import type { ImportAnswer } from '../pool/questions.ts';
import { importCurl } from './curl.ts';
import type { Imported, ReportLine } from './import-report.ts';
import { importOpenApi } from './openapi.ts';
import { importPostman } from './postman.ts';

export interface ImportRequest {
  readonly from: 'curl' | 'openapi' | 'postman';
  readonly text: string;
  /** Which of a document's operations: its id, its name, or `GET /path`. */
  readonly operation?: string | undefined;
}

export interface ImportResult {
  readonly integration: IntegrationDraft;
  /** What was taken and what was not, and why: nothing is lost in silence. */
  readonly report: readonly ReportLine[];
}

/**
 * An integration from what people have at hand. Nothing is stored and no secret is kept: where the text has one, the
 * integration names a secret that is still to be entered. Throws `PontualError('validation')` with a sentence when the
 * text cannot be used.
 */
export function importIntegration(request: ImportRequest): ImportResult {
  const { input, report } = read(request);
  return { integration: integrationInputSchema.parse(input), report };
}

/** As `importIntegration`, for callers on another thread: a text that cannot be used is an answer, not an error. */
export function tryImport(request: ImportRequest): ImportAnswer {
  try {
    return { kind: 'imported', ...importIntegration(request) };
  } catch (thrown) {
    if (!(thrown instanceof PontualError)) throw thrown;
    return { kind: 'refused', ...toldBy(thrown), details: thrown.details };
  }
}

function read({ from, text, operation }: ImportRequest): Imported {
  switch (from) {
    case 'curl':
      return importCurl(text);
    case 'openapi':
      return importOpenApi(text, operation);
    case 'postman':
      return importPostman(text, operation);
    default:
      return assertNever(from);
  }
}
