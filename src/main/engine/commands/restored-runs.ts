import { say } from '../../../shared/sentences.ts';
import type { Op } from '../store/ops.ts';
import type { Queries } from '../store/store.ts';

/**
 * What was under way when a backup was made ended, as far as that backup knows, at that moment. To go on with it would
 * send what was sent already, and show a run of as many hours as the backup is old. What only waited its turn still
 * does.
 */
export function endRestored(
  unfinished: Queries['runs.unfinished']['result'],
  backupAt: number,
): readonly Op[] {
  return unfinished.flatMap(({ run }): Op[] => {
    if (run.state !== 'running' && run.state !== 'waiting') return [];
    const startedAt = run.startedAt ?? run.createdAt;
    const finishedAt = Math.max(backupAt, startedAt);
    const error = {
      code: 'process-ended',
      kind: 'internal',
      ...say('endedBeforeRestore'),
    } as const;
    const end = { outcome: 'interrupted', error, finishedAt } as const;
    const durationMs = finishedAt - startedAt;
    return [
      { kind: 'attempt.put', runId: run.id, number: run.attempt, startedAt, ...end },
      {
        kind: 'run.patch',
        id: run.id,
        patch: { state: 'finished', reason: 'needs-decision', durationMs, ...end },
      },
      // A chain of delays goes on from here.
      { kind: 'job.runtime', id: run.jobId, patch: { lastEndAt: finishedAt } },
    ];
  });
}
