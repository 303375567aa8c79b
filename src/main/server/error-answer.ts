import { ERROR_CODES, PontualError, type ErrorBody, type ErrorCode } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { StoreConflict, StoreUnavailable } from '../engine/store/store.ts';

/** The one place where something thrown becomes an answer: a status, a code, a sentence, and never a stack. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error: ErrorBody };
  /** Nobody expected it: the log has to tell more than the answer. */
  readonly isUnexpected: boolean;
}

export function errorAnswer(thrown: unknown, locale: Locale): ErrorAnswer {
  if (thrown instanceof PontualError) return answerOf(thrown.bodyIn(locale));
  if (thrown instanceof StoreConflict) return refusal('conflict', thrown.message);
  if (thrown instanceof StoreUnavailable) return refusal('degraded', thrown.message);
  const known = refusalOfFramework(thrown);
  if (known) return refusal(known.code, known.message);
  const message = 'Something went wrong inside the program; its log, app.log, tells more.';
  return { ...refusal('internal', message), isUnexpected: true };
}

/** An answer that refuses, in the shape of every error. */
export function refusal(code: ErrorCode, message: string): ErrorAnswer {
  return answerOf({ code, message, details: [] });
}

function answerOf(error: ErrorBody): ErrorAnswer {
  return { status: ERROR_CODES[error.code], body: { error }, isUnexpected: false };
}

/** Fastify's own refusals, by their stable codes; its sentences name its own terms. */
const FRAMEWORK_CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'The body is larger than 1 MiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'The body must be JSON, sent as Content-Type: application/json.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    'validation',
    'The body is not as long as Content-Length says.',
  ],
  FST_ERR_BAD_URL: [
    'validation',
    'The path is not a valid one: a % is not followed by two digits.',
  ],
  FST_ERR_MAX_PARAM_LENGTH: ['validation', 'A part of the path is too long.'],
};

function refusalOfFramework(thrown: unknown): { code: ErrorCode; message: string } | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  const [code, message] = FRAMEWORK_CODES[String(thrown.code)] ?? [];
  return code === undefined || message === undefined ? null : { code, message };
}
