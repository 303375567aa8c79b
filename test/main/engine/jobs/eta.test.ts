import { expect, it } from 'vitest';
import { etaMs } from '../../../../src/main/engine/jobs/eta.ts';

it.each([
  {
    words: 'goes by its own pace where the pages are counted',
    pace: { elapsedMs: 3000, done: 3, total: 10, usualMs: 99 },
    eta: 7000,
  },
  {
    words: 'goes by past runs where they are not',
    pace: { elapsedMs: 3000, done: 3, total: null, usualMs: 5000 },
    eta: 2000,
  },
  {
    words: 'goes by past runs until the first page is done',
    pace: { elapsedMs: 100, done: 0, total: 10, usualMs: 5000 },
    eta: 4900,
  },
  {
    words: 'is unknown once it takes longer than usual',
    pace: { elapsedMs: 5001, done: 3, total: null, usualMs: 5000 },
    eta: null,
  },
  {
    words: 'is unknown at the first run',
    pace: { elapsedMs: 1, done: 0, total: null, usualMs: null },
    eta: null,
  },
  {
    words: 'is never negative, also when the API counted wrong',
    pace: { elapsedMs: 3000, done: 12, total: 10, usualMs: null },
    eta: 0,
  },
])('what is left $words', ({ pace, eta }) => {
  expect(etaMs(pace)).toBe(eta);
});
