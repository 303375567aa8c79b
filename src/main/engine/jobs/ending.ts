import { assertNever } from '../../../shared/assert-never.ts';
import type { ErrorKind } from '../../../shared/integration.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import type { Counts, Outcome, RunError } from '../../../shared/run.ts';
import type { AttemptEnd } from '../pool/protocol.ts';
import type { JobPolicy } from './policy.ts';
import { decideRetry } from './retry.ts';

/** What the end of an attempt means for its run. */
export type Ending =
  | {
      readonly kind: 'finish';
      readonly outcome: Outcome;
      readonly reason: string | null;
      readonly error: RunError | null;
      readonly result: string | null;
      /** Everything was read, so what was not seen has vanished and the watermark may move. */
      readonly complete: boolean;
      readonly watermark: string | null;
    }
  | {
      readonly kind: 'retry';
      readonly delayMs: number;
      readonly error: RunError;
      readonly outcome: Outcome;
    }
  /** The program stops: the run goes on at the next start, from where it stands. */
  | { readonly kind: 'resume-later' };

export interface EndSituation {
  readonly end: AttemptEnd;
  /** Of the whole run, the last page included. */
  readonly counts: Pick<Counts, 'received' | 'valid'>;
  readonly countedAttempts: number;
  readonly policy: JobPolicy;
  readonly retry: JobDefinition['retry'];
  readonly idempotent: boolean;
  readonly cancelWanted: 'cancelled' | 'stopping' | null;
  readonly random: number;
}

export function judgeEnd(situation: EndSituation): Ending {
  const { end, counts } = situation;
  switch (end.kind) {
    case 'complete':
      return counts.received > 0 && counts.valid === 0
        ? finished('failed', { error: nothingValid(counts.received), complete: false })
        : finished('succeeded', {
            result: end.result,
            watermark: end.watermark,
            complete: !end.noData,
          });
    case 'partial':
      return counts.received > 0 && counts.valid === 0
        ? finished('failed', { error: nothingValid(counts.received) })
        : finished('partial', { reason: end.reason });
    case 'condition-false':
      return finished('skipped', { reason: 'condition' });
    case 'cancelled':
      if (situation.cancelWanted !== 'stopping') return finished('cancelled', {});
      return situation.idempotent
        ? { kind: 'resume-later' }
        : finished('interrupted', { reason: 'stopped' });
    case 'failed':
      return afterFailure(situation, end.error, 'failed');
    case 'timed-out':
      return afterFailure(situation, end.error, 'timed-out');
    default:
      return assertNever(end);
  }
}

function afterFailure(situation: EndSituation, error: RunError, outcome: Outcome): Ending {
  if (situation.cancelWanted === 'cancelled') return finished('cancelled', {});
  const decision = decideRetry({
    errorKind: error.kind,
    retryAfterMs: error.retryAfterMs,
    attempts: situation.countedAttempts,
    maxAttempts: situation.policy.maxAttempts,
    policy: situation.retry,
    immediateRetry: situation.policy.immediateRetry,
    random: situation.random,
  });
  return decision.kind === 'retry'
    ? { kind: 'retry', delayMs: decision.delayMs, error, outcome }
    : finished(outcome, { error });
}

function finished(
  outcome: Outcome,
  rest: Partial<Omit<Extract<Ending, { kind: 'finish' }>, 'kind' | 'outcome'>>,
): Ending {
  return {
    kind: 'finish',
    outcome,
    reason: null,
    error: null,
    result: null,
    complete: false,
    watermark: null,
    ...rest,
  };
}

function nothingValid(received: number): RunError {
  return {
    code: 'nothing-valid',
    kind: 'data' satisfies ErrorKind,
    message:
      `None of the ${received} records that came is valid. ` +
      'They are in quarantine with the reason; if the API has changed, change the schema or the key and replay them.',
  };
}
