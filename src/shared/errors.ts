import type { Locale } from './i18n/locale.ts';
import { part, type Said, say, type SentenceWith, spoken, type Told } from './sentences.ts';

/**
 * Errors that cross a boundary (IPC, REST, command line). Each has a stable code that scripts may test and a
 * sentence for the person who reads it: what happened, why, and what to do.
 *
 * Two other families never leave the engine as exceptions: a failed call to an API and a record that is not what
 * was promised are outcomes (see `run.ts`), because the caller asked for exactly that risk.
 */
export const ERROR_CODES = {
  validation: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'unknown-reference': 422,
  'too-many-requests': 429,
  internal: 500,
  'not-implemented': 501,
  degraded: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One problem of an input: `path` is dotted (`schedule.expression`), empty for the input as a whole. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  /** Which of our sentences it is, so that it can be said in another language; not part of an answer. */
  readonly says?: Said | undefined;
}

/** The shape of an error in every answer. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: readonly Problem[];
}

export class PontualError extends Error {
  override readonly name = 'PontualError';
  readonly code: ErrorCode;
  readonly details: readonly Problem[];
  readonly says: Said | undefined;

  /** With a sentence instead of a text it can be said in every language of the program. */
  constructor(
    code: ErrorCode,
    what: string | Told,
    options: { details?: readonly Problem[]; cause?: unknown } = {},
  ) {
    const { message, says }: Told = typeof what === 'string' ? { message: what } : what;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
    this.says = says;
  }

  get body(): ErrorBody {
    return this.bodyIn('en');
  }

  /** As it is answered to somebody who reads this language, without our own notes. */
  bodyIn(locale: Locale): ErrorBody {
    const details = this.details.map((problem) => ({
      path: problem.path,
      message: spoken(problem, locale),
    }));
    return { code: this.code, message: spoken(this, locale), details };
  }

  /** As a part of an answer: whoever shows it says it in the language of who reads. */
  get told(): ErrorInAnswer {
    const { code, message, says } = this;
    const details = this.details.map((problem) => ({
      path: problem.path,
      message: problem.message,
      ...(problem.says && { says: problem.says }),
    }));
    return { code, message, ...(says && { says }), details };
  }
}

/** An error in an answer, with the notes of which sentences it is made of. */
export interface ErrorInAnswer {
  code: ErrorCode;
  message: string;
  says?: Said;
  details: { path: string; message: string; says?: Said }[];
}

/** A problem as one text. */
export function atPlace(problem: Problem): Told {
  const { path: place, message, says } = problem;
  if (place === '') return { message, says };
  const { message: text, says: placed } = say('problemAt', { place, what: part(problem) });
  return says === undefined ? { message: text } : { message: text, says: placed };
}

/** An input that breaks the contract; the message repeats the first problem so that it reads well alone. */
export function invalid(details: readonly Problem[]): PontualError {
  const [first] = details;
  return new PontualError('validation', first ? atPlace(first) : say('invalidInput'), { details });
}

export function notFound(what: string, id: string): PontualError {
  const key = NOT_FOUND.get(what);
  return new PontualError('not-found', key ? say(key, { id }) : say('noOther', { what, id }));
}

const NOT_FOUND: ReadonlyMap<string, SentenceWith<'id'>> = new Map([
  ['integration', 'noIntegration'],
  ['job', 'noJob'],
  ['run', 'noRun'],
  ['backup', 'noBackup'],
  ['secret', 'noSecretOfName'],
  ['refused record', 'noRefusedRecord'],
  ['metric', 'noMetric'],
  ['run of job', 'noRunOfJob'],
]);

/** Turns whatever was thrown into an Error, once, at a boundary. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
