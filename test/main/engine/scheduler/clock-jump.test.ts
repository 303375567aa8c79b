import { describe, expect, test } from 'vitest';
import { detectJump, judgeStartClock } from '../../../../src/main/engine/scheduler/clock-jump.ts';

const SECOND = 1000;
const HOUR = 60 * 60 * SECOND;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('between two ticks ten seconds apart', () => {
  const before = { wallMs: NOW, monotonicMs: 5000.5 };
  const after = (wallMs: number) =>
    detectJump(before, { wallMs, monotonicMs: before.monotonicMs + 10 * SECOND });

  test.each([
    ['nothing happened', 10 * SECOND, { kind: 'none' }],
    ['the clock is corrected by two seconds', 12 * SECOND, { kind: 'none' }],
    ['it is corrected back by two seconds', 8 * SECOND, { kind: 'none' }],
    ['it jumps forward by more', 12 * SECOND + 1, { kind: 'jump', byMs: 2001 }],
    ['it jumps back by more', 8 * SECOND - 1, { kind: 'jump', byMs: -2001 }],
    ['the machine slept for eight hours', 8 * HOUR, { kind: 'jump', byMs: 8 * HOUR - 10 * SECOND }],
    ['it jumps by three days', 3 * DAY, { kind: 'jump' }],
    ['it is set back by two hours', -2 * HOUR, { kind: 'jump' }],
    ['it jumps by 31 days', 31 * DAY + 10 * SECOND, { kind: 'jump', byMs: 31 * DAY }],
    [
      'it jumps by more than 31 days',
      31 * DAY + 10 * SECOND + 1,
      { kind: 'hold', why: 'far-forward' },
    ],
    ['it jumps by ten years', 3650 * DAY, { kind: 'hold', why: 'far-forward' }],
    ['it is set back by a day', -DAY, { kind: 'jump' }],
    ['it is set back by more than a day', -DAY - 1, { kind: 'hold', why: 'far-back' }],
    ['it is set back to 1970', -NOW, { kind: 'hold', why: 'before-2024' }],
  ])('%s', (_, byMs, expected) => {
    expect(after(NOW + byMs)).toMatchObject(expected);
  });

  test('the time that was expected is told', () => {
    expect(after(NOW - HOUR)).toMatchObject({ expectedNowMs: NOW + 10 * SECOND });
  });
});

test('a process that stood still for ninety seconds saw no jump', () => {
  const later = { wallMs: NOW + 90 * SECOND, monotonicMs: 90 * SECOND };
  expect(detectJump({ wallMs: NOW, monotonicMs: 0 }, later)).toEqual({ kind: 'none' });
});

test.each([
  ['a first start', NOW, null, 'none'],
  ['a start after months', NOW, NOW - 200 * DAY, 'none'],
  ['a start a few hours before it was last seen', NOW, NOW + 5 * HOUR, 'none'],
  ['a start days before it was last seen', NOW, NOW + 2 * DAY, 'hold'],
  ['a dead battery', Date.parse('2015-01-01T00:00:00Z'), null, 'hold'],
  ['the last moment of 2023', Date.UTC(2024, 0, 1) - 1, null, 'hold'],
  ['the first moment of 2024', Date.UTC(2024, 0, 1), null, 'none'],
])('%s is judged', (_, now, lastSeen, kind) => {
  expect(judgeStartClock(now, lastSeen).kind).toBe(kind);
});
