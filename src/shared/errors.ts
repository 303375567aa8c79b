import type { Locale } from './i18n/locale.ts';
import { say, spoken, type Said, type Told } from './sentences.ts';

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
    const [first] = this.details;
    const [firstSpoken] = details;
    // The message about an input repeats its first problem.
    const message =
      first && firstSpoken && this.message === atPlace(first)
        ? atPlace(firstSpoken)
        : spoken(this, locale);
    return { code: this.code, message, details };
  }
}

/** A problem as one text. */
function atPlace({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** An input that breaks the contract; the message repeats the first problem so that it reads well alone. */
export function invalid(details: readonly Problem[]): PontualError {
  const [first] = details;
  return new PontualError('validation', first ? atPlace(first) : say('invalidInput'), { details });
}

export function notFound(what: string, id: string): PontualError {
  const key = NOT_FOUND.get(what);
  if (key !== undefined) return new PontualError('not-found', say(key, { id }));
  return new PontualError('not-found', `There is no ${what} '${id}'.`);
}

const NOT_FOUND: ReadonlyMap<string, 'noIntegration' | 'noJob' | 'noRun' | 'noBackup'> = new Map([
  ['integration', 'noIntegration'],
  ['job', 'noJob'],
  ['run', 'noRun'],
  ['backup', 'noBackup'],
]);

/** Turns whatever was thrown into an Error, once, at a boundary. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
