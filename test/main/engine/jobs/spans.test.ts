import { describe, expect, it } from 'vitest';
import { spanOps } from '../../../../src/main/engine/jobs/spans.ts';
import type { SkippedSpan } from '../../../../src/main/engine/jobs/start.ts';
import type { RunRow } from '../../../../src/main/engine/store/ops.ts';

// Only what a span sets is looked at here.
const newRow = () => ({ id: 'new' }) as RunRow;
const span = (
  reason: SkippedSpan['reason'],
  from: number,
  until: number,
  occurrences: number,
): SkippedSpan => ({
  reason,
  trigger: 'schedule',
  from,
  until,
  occurrences,
});

describe('skipped instants', () => {
  it('begin a row of their own', () => {
    const { op, row, openSpan } = spanOps(null, span('paused', 10, 30, 3), newRow, 99);
    expect(op.kind).toBe('run.insert');
    expect(row).toMatchObject({
      scheduledFor: 10,
      scheduledUntil: 30,
      occurrences: 3,
      state: 'finished',
      outcome: 'skipped',
      reason: 'paused',
      finishedAt: 99,
    });
    expect(openSpan).toEqual({ runId: 'new', reason: 'paused', until: 30 });
  });

  it('that are one have no end of their own', () => {
    expect(spanOps(null, span('overlap', 10, 10, 1), newRow, 99).row?.scheduledUntil).toBeNull();
  });

  it('join the row before them when they end the same way', () => {
    const open = { runId: 'old', reason: 'overlap', until: 10 };
    const { op, row, openSpan } = spanOps(open, span('overlap', 20, 40, 3), newRow, 99);
    expect(op).toEqual({ kind: 'run.extend', id: 'old', scheduledUntil: 40, addOccurrences: 3 });
    expect(row).toBeNull();
    expect(openSpan).toEqual({ runId: 'old', reason: 'overlap', until: 40 });
  });

  it.each([
    ['another reason', 'paused', 20],
    ['a time before it, as after the clock was set back', 'overlap', 10],
  ] as const)('do not join a row of %s', (_, reason, from) => {
    const open = { runId: 'old', reason: 'overlap', until: 10 };
    expect(spanOps(open, span(reason, from, 30, 1), newRow, 99).op.kind).toBe('run.insert');
  });
});
