import type { ErrorKind } from '../../../shared/integration.ts';
import type { JobRetry } from '../../../shared/job.ts';

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'give-up'; readonly why: 'attempts-used' | 'not-retryable' };

export interface RetrySituation {
  readonly errorKind: ErrorKind;
  /** What the API asked for, if it did. */
  readonly retryAfterMs: number | undefined;
  /** Attempts made, those that a crash ended not counted. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly policy: Pick<JobRetry, 'delayMs' | 'backoff' | 'maxDelayMs' | 'jitter' | 'notOn'>;
  /** The category asks for a first retry without delay. */
  readonly immediateRetry: boolean;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
}

/** Whether and when a run is tried again. The delay is never shorter than what the API asked for. */
export function decideRetry(situation: RetrySituation): RetryDecision {
  const { errorKind, attempts, maxAttempts, policy } = situation;
  if (policy.notOn.includes(errorKind)) return { kind: 'give-up', why: 'not-retryable' };
  if (attempts >= maxAttempts) return { kind: 'give-up', why: 'attempts-used' };
  const asked = situation.retryAfterMs ?? 0;
  if (situation.immediateRetry && attempts === 1) return { kind: 'retry', delayMs: asked };
  return { kind: 'retry', delayMs: Math.max(asked, backoffMs(attempts, policy, situation.random)) };
}

/** The delay after the n-th failed attempt; `jitter` is the share of it that is drawn at random. */
export function backoffMs(
  attempts: number,
  policy: Pick<JobRetry, 'delayMs' | 'backoff' | 'maxDelayMs' | 'jitter'>,
  random: number,
): number {
  // 2^30 times any delay exceeds every maximum; the cap keeps the power finite.
  const growth = policy.backoff === 'exponential' ? 2 ** Math.min(attempts - 1, 30) : 1;
  const full = Math.min(policy.delayMs * growth, policy.maxDelayMs);
  return Math.round(full * (1 - policy.jitter * random));
}
