import { describe, expect, it } from 'vitest';
import { judgeEnd, type EndSituation } from '../../../../src/main/engine/jobs/ending.ts';
import type { RunError } from '../../../../src/shared/run.ts';

const error: RunError = { code: 'http-status', kind: 'transient', message: '503' };
const complete = { kind: 'complete', watermark: 'w', result: null, noData: false } as const;

function judge(different: Partial<EndSituation>) {
  return judgeEnd({
    end: complete,
    counts: { received: 2, valid: 2 },
    maxInvalidPercent: null,
    countedAttempts: 1,
    crashes: 0,
    policy: { priority: 'normal', timeoutMs: 1000, maxAttempts: 2, immediateRetry: false },
    retry: {
      maxAttempts: 2,
      delayMs: 1000,
      backoff: 'fixed',
      maxDelayMs: 1000,
      jitter: 0,
      notOn: ['config'],
    },
    idempotent: true,
    cancelWanted: null,
    random: 0,
    ...different,
  });
}

describe('a complete read', () => {
  it('succeeds and moves the watermark', () => {
    expect(judge({})).toMatchObject({ outcome: 'succeeded', complete: true, watermark: 'w' });
  });

  it('succeeds also when some records are in quarantine', () => {
    expect(judge({ counts: { received: 2, valid: 1 } })).toMatchObject({ outcome: 'succeeded' });
  });

  it('fails when more records were refused than the integration bears, and not one sooner', () => {
    const counts = { received: 10, valid: 9 };
    expect(judge({ counts, maxInvalidPercent: 9.9 })).toMatchObject({
      outcome: 'failed',
      complete: false,
      error: { code: 'too-many-invalid', kind: 'data' },
    });
    expect(judge({ counts, maxInvalidPercent: 10 })).toMatchObject({ outcome: 'succeeded' });
    const partial = { kind: 'partial', reason: 'max-pages' } as const;
    expect(judge({ end: partial, counts, maxInvalidPercent: 0 })).toMatchObject({
      outcome: 'failed',
    });
  });

  it('succeeds with nothing at all', () => {
    expect(judge({ counts: { received: 0, valid: 0 } })).toMatchObject({
      outcome: 'succeeded',
      complete: true,
    });
  });

  it('without data leaves cursors and what was seen as they were', () => {
    expect(judge({ end: { ...complete, noData: true } })).toMatchObject({
      outcome: 'succeeded',
      complete: false,
    });
  });

  it('of which nothing is valid fails, and is not complete', () => {
    expect(judge({ counts: { received: 3, valid: 0 } })).toMatchObject({
      outcome: 'failed',
      complete: false,
      error: { code: 'nothing-valid', kind: 'data' },
    });
  });

  it('is what it is although somebody cancelled too late', () => {
    expect(judge({ cancelWanted: 'cancelled' })).toMatchObject({ outcome: 'succeeded' });
  });
});

it('a read that was cut short is partial, with its reason, and never complete', () => {
  expect(judge({ end: { kind: 'partial', reason: 'max-pages' } })).toMatchObject({
    outcome: 'partial',
    reason: 'max-pages',
    complete: false,
  });
});

it('a condition that is false skips the run', () => {
  expect(judge({ end: { kind: 'condition-false' } })).toMatchObject({
    outcome: 'skipped',
    reason: 'condition',
  });
});

describe('a stopped attempt', () => {
  it.each([
    ['cancelled', true, { kind: 'finish', outcome: 'cancelled' }],
    ['cancelled', false, { kind: 'finish', outcome: 'cancelled' }],
    ['stopping', true, { kind: 'resume-later' }],
    ['stopping', false, { kind: 'finish', outcome: 'interrupted', reason: 'needs-decision' }],
    [null, true, { kind: 'finish', outcome: 'cancelled' }],
  ] as const)('because of %s, idempotent %s', (cancelWanted, idempotent, expected) => {
    expect(judge({ end: { kind: 'cancelled' }, cancelWanted, idempotent })).toMatchObject(expected);
  });
});

describe('a failed attempt', () => {
  const failed = { kind: 'failed', error, page: null } as const;

  it('is tried again while attempts are left', () => {
    expect(judge({ end: failed })).toMatchObject({
      kind: 'retry',
      delayMs: 1000,
      outcome: 'failed',
      crashed: false,
    });
  });

  it('fails the run after the last one', () => {
    expect(judge({ end: failed, countedAttempts: 2 })).toMatchObject({
      kind: 'finish',
      outcome: 'failed',
      error,
    });
  });

  it('ends as cancelled when somebody wanted that', () => {
    expect(judge({ end: failed, cancelWanted: 'cancelled' })).toMatchObject({
      kind: 'finish',
      outcome: 'cancelled',
    });
  });

  it('that ran out of time says so', () => {
    const end = { kind: 'timed-out', error, page: null } as const;
    expect(judge({ end })).toMatchObject({ kind: 'retry', outcome: 'timed-out' });
    expect(judge({ end, countedAttempts: 2 })).toMatchObject({
      kind: 'finish',
      outcome: 'timed-out',
    });
  });

  it.each([
    [true, 0, { kind: 'retry', delayMs: 0, crashed: true }],
    [true, 1, { kind: 'retry', delayMs: 1000, crashed: false }],
    [false, 0, { kind: 'finish', outcome: 'interrupted', reason: 'needs-decision' }],
  ])('whose thread died, idempotent %s, after %i crashes', (idempotent, crashes, expected) => {
    const died = {
      kind: 'failed',
      error: { ...error, code: 'thread-died', kind: 'internal' },
      page: null,
    } as const;
    expect(judge({ end: died, idempotent, crashes })).toMatchObject(expected);
  });
});
