import { assertNever } from '../../../shared/assert-never.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import type { Counts, Outcome, RunError } from '../../../shared/run.ts';
import { say } from '../../../shared/sentences.ts';
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
      /** Nothing was found at the path of the records, not even an empty list. */
      readonly isListMissing: boolean;
    }
  | {
      readonly kind: 'retry';
      readonly delayMs: number;
      readonly error: RunError;
      readonly outcome: Outcome;
      /** The attempt was ended by our own crash and is not counted in `maxAttempts`. */
      readonly crashed: boolean;
    }
  /** The program stops: the run goes on at the next start, from where it stands. */
  | { readonly kind: 'resume-later' };

export interface EndSituation {
  readonly end: AttemptEnd;
  /** Of the whole run, the last page included. */
  readonly counts: Pick<Counts, 'received' | 'valid'>;
  /** More refused records than this spoil the read; null = any number is borne. */
  readonly maxInvalidPercent: number | null;
  readonly countedAttempts: number;
  /** Times that the program, or the thread, died while this run was running. */
  readonly crashes: number;
  readonly policy: JobPolicy;
  readonly retry: JobDefinition['retry'];
  readonly idempotent: boolean;
  readonly cancelWanted: 'cancelled' | 'stopping' | null;
  readonly random: number;
}

/** The reason of an interrupted run that a person has to decide about. */
export const NEEDS_DECISION = 'needs-decision';

/** The code of an attempt whose thread ended under it. */
export const THREAD_DIED = 'thread-died';

export function judgeEnd(situation: EndSituation): Ending {
  const { end } = situation;
  switch (end.kind) {
    case 'complete':
    case 'partial':
      return afterRead(situation, end);
    case 'condition-false':
      return finish('skipped', { reason: 'condition' });
    case 'cancelled':
      if (situation.cancelWanted !== 'stopping') return finish('cancelled');
      return situation.idempotent
        ? { kind: 'resume-later' }
        : finish('interrupted', { reason: NEEDS_DECISION, error: STOPPED_UNSURE });
    case 'failed':
      return afterFailure(situation, end.error, 'failed');
    case 'timed-out':
      return afterFailure(situation, end.error, 'timed-out');
    default:
      return assertNever(end);
  }
}

function afterRead(
  { counts, maxInvalidPercent }: EndSituation,
  end: Extract<AttemptEnd, { kind: 'complete' | 'partial' }>,
): Ending {
  const { received, valid } = counts;
  if (received > 0 && valid === 0) return finish('failed', { error: nothingValid(received) });
  const percent = received === 0 ? 0 : ((received - valid) / received) * 100;
  if (maxInvalidPercent !== null && percent > maxInvalidPercent)
    return finish('failed', { error: tooManyInvalid(received, valid, maxInvalidPercent) });
  if (end.kind === 'partial') return finish('partial', { reason: end.reason });
  const { result, watermark, noData, isListMissing = false } = end;
  return finish('succeeded', { result, watermark, complete: !noData, isListMissing });
}

function afterFailure(situation: EndSituation, error: RunError, outcome: Outcome): Ending {
  if (situation.cancelWanted === 'cancelled') return finish('cancelled');
  if (error.code === THREAD_DIED) {
    if (!situation.idempotent) return finish('interrupted', { reason: NEEDS_DECISION, error });
    // Most likely another run took the thread down: this one goes on at once, the first time.
    if (situation.crashes === 0)
      return { kind: 'retry', delayMs: 0, error, outcome, crashed: true };
  }
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
    ? { kind: 'retry', delayMs: decision.delayMs, error, outcome, crashed: false }
    : finish(outcome, { error });
}

export function finish(
  outcome: Outcome,
  rest: Partial<Omit<Extract<Ending, { kind: 'finish' }>, 'kind' | 'outcome'>> = {},
): Ending {
  return {
    kind: 'finish',
    outcome,
    reason: null,
    error: null,
    result: null,
    complete: false,
    watermark: null,
    isListMissing: false,
    ...rest,
  };
}

const STOPPED_UNSURE: RunError = { code: 'stopped', kind: 'internal', ...say('stoppedUnsure') };

function nothingValid(received: number): RunError {
  return { code: 'nothing-valid', kind: 'data', ...say('nothingValid', { received }) };
}

function tooManyInvalid(received: number, valid: number, most: number): RunError {
  const invalid = received - valid;
  const sentence = say('tooManyInvalid', { invalid, received, most });
  return { code: 'too-many-invalid', kind: 'data', ...sentence };
}
