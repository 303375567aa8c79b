import type { Integration, ErrorKind } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** What an origin may ask for at least and at most; a bad header must neither hammer it nor stop us for a year. */
const RETRY_AFTER_MIN_MS = SECOND;
const RETRY_AFTER_MAX_MS = HOUR;

const RETRIED_KINDS: readonly ErrorKind[] = ['transient', 'rate-limited'];

/**
 * A `Retry-After` header as milliseconds from `now`: seconds or an HTTP date (RFC 9110, 10.2.3), clamped to 1 s .. 1 h.
 * null when there is none or it says nothing.
 */
export function parseRetryAfter(value: string | null | undefined, now: number): number | null {
  const text = value?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

export interface FailedTry {
  readonly error: RunError;
  /** 1 for the first. */
  readonly tries: number;
  /** Sending it again can do no harm. */
  readonly isIdempotent: boolean;
  /** Whether bytes of the request can have reached the server. */
  readonly wasSent: boolean;
}

/**
 * How long to wait before a page is asked again, in ms; null = do not ask again. Full jitter (a draw between 0 and an
 * exponentially growing cap), unless the origin said how long. A request that is not idempotent is sent again only
 * when the first one cannot have been acted on.
 */
export function retryDelayMs(
  failed: FailedTry,
  retry: Integration['retry'],
  random: () => number,
): number | null {
  const { error, tries } = failed;
  if (tries >= retry.maxAttempts) return null;
  if (!RETRIED_KINDS.includes(error.kind) || retry.notOn.includes(error.kind)) return null;
  if (!failed.isIdempotent && failed.wasSent && error.kind !== 'rate-limited') return null;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  const cap = Math.min(retry.maxDelayMs, retry.baseDelayMs * 2 ** Math.min(tries - 1, 30));
  return Math.round(random() * cap);
}
