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

  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** An input that breaks the contract; the message repeats the first problem so that it reads well alone. */
export function invalid(details: readonly Problem[]): PontualError {
  const [first] = details;
  const where = first?.path ? `${first.path}: ` : '';
  return new PontualError('validation', `${where}${first?.message ?? 'The input is not valid.'}`, {
    details,
  });
}

export function notFound(what: string, id: string): PontualError {
  return new PontualError('not-found', `There is no ${what} '${id}'.`);
}

/** Turns whatever was thrown into an Error, once, at a boundary. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
