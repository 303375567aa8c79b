import { ERROR_CODES, PontualError, type ErrorBody, type ErrorCode } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { say, spoken, toldBy, type SentenceWith, type Told } from '../../shared/sentences.ts';
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
  if (thrown instanceof StoreConflict) return refusal('conflict', toldBy(thrown), locale);
  if (thrown instanceof StoreUnavailable) return refusal('degraded', toldBy(thrown), locale);
  const known = refusalOfFramework(thrown);
  if (known) return refusal(known.code, say(known.key), locale);
  return { ...refusal('internal', say('ownFaultInLog'), locale), isUnexpected: true };
}

/** An answer that refuses, in the shape of every error. */
export function refusal(code: ErrorCode, told: Told, locale: Locale): ErrorAnswer {
  return answerOf({ code, message: spoken(told, locale), details: [] });
}

function answerOf(error: ErrorBody): ErrorAnswer {
  return { status: ERROR_CODES[error.code], body: { error }, isUnexpected: false };
}

/** Fastify's own refusals, by their stable codes; its sentences name its own terms. */
const FRAMEWORK_CODES: Readonly<Record<string, readonly [ErrorCode, SentenceWith<never>]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too-large', 'bodyTooLarge'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'bodyMustBeJson'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['validation', 'bodyLength'],
  FST_ERR_BAD_URL: ['validation', 'pathInvalid'],
  FST_ERR_MAX_PARAM_LENGTH: ['validation', 'pathPartTooLong'],
};

function refusalOfFramework(thrown: unknown): { code: ErrorCode; key: SentenceWith<never> } | null {
  if (!(thrown instanceof Error) || !('code' in thrown)) return null;
  const [code, key] = FRAMEWORK_CODES[String(thrown.code)] ?? [];
  return code === undefined || key === undefined ? null : { code, key };
}
