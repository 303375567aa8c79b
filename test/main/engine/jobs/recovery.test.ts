import { describe, expect, it } from 'vitest';
import { judgeUnfinished } from '../../../../src/main/engine/jobs/recovery.ts';

describe('a run that an earlier process left', () => {
  it.each([
    ['queued', 0, true, 'go-on'],
    ['queued', 0, false, 'go-on'],
    ['queued', 5, false, 'go-on'],
    ['retrying', 0, false, 'go-on'],
    ['running', 0, true, 'again'],
    ['running', 1, true, 'interrupted'],
    ['running', 0, false, 'interrupted'],
    ['waiting', 0, true, 'again'],
    ['waiting', 0, false, 'interrupted'],
  ] as const)('%s, after %i crashes, idempotent %s: %s', (state, crashes, idempotent, kind) => {
    expect(judgeUnfinished({ state, crashes }, idempotent).kind).toBe(kind);
  });
});
