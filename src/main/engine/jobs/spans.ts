import type { Op, RunRow } from '../store/ops.ts';
import type { LiveJob } from './live-job.ts';
import type { SkippedSpan } from './start.ts';

/**
 * Consecutive instants of a job that end the same way without running share one row: either the latest such row is
 * made to stand for more, or a new one begins.
 */
export function spanOps(
  open: LiveJob['openSpan'],
  span: SkippedSpan,
  newRow: () => RunRow,
  now: number,
): {
  readonly op: Op;
  readonly openSpan: NonNullable<LiveJob['openSpan']>;
  readonly row: RunRow | null;
} {
  if (open && open.reason === span.reason && open.until < span.from) {
    return {
      op: {
        kind: 'run.extend',
        id: open.runId,
        scheduledUntil: span.until,
        addOccurrences: span.occurrences,
      },
      openSpan: { ...open, until: span.until },
      row: null,
    };
  }
  const row: RunRow = {
    ...newRow(),
    scheduledFor: span.from,
    scheduledUntil: span.occurrences > 1 ? span.until : null,
    occurrences: span.occurrences,
    state: 'finished',
    outcome: 'skipped',
    reason: span.reason,
    finishedAt: now,
  };
  return {
    op: { kind: 'run.insert', run: row },
    openSpan: { runId: row.id, reason: span.reason, until: span.until },
    row,
  };
}
