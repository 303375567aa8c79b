import { say, type Sentence } from '../../../shared/sentences.ts';
import type { Queries } from '../store/store.ts';
import type { Op } from '../store/ops.ts';

type Unfinished = Queries['runs.unfinished']['result'][number];

/**
 * What becomes of a run that an earlier process left unfinished. It never ran (queued), or waits for its next try
 * (retrying), or was stopped in order: it goes on. It was running when the process died: sent once more if that is
 * harmless, else a person decides; a run that takes the process down twice is not tried a third time.
 */
export type Recovery =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'again' }
  | { readonly kind: 'interrupted'; readonly why: Sentence };

export function judgeUnfinished(
  row: Pick<Unfinished['run'], 'state' | 'crashes'>,
  idempotent: boolean,
): Recovery {
  if (row.state !== 'running' && row.state !== 'waiting') return { kind: 'go-on' };
  if (!idempotent) return { kind: 'interrupted', why: say('endedUnsure') };
  if (row.crashes > 0) return { kind: 'interrupted', why: say('endedTwice') };
  return { kind: 'again' };
}

/** What is written down of it before anything runs. */
export function recoveryOps({ run }: Unfinished, recovery: Recovery, now: number): readonly Op[] {
  if (recovery.kind === 'go-on') return [];
  const error = {
    code: 'process-ended',
    kind: 'internal',
    ...(recovery.kind === 'interrupted' ? recovery.why : say('endedDuringAttempt')),
  } as const;
  const attempt: Op = {
    kind: 'attempt.put',
    runId: run.id,
    number: run.attempt,
    startedAt: run.startedAt ?? run.createdAt,
    finishedAt: now,
    outcome: 'interrupted',
    error,
  };
  const crashes = run.crashes + 1;
  return recovery.kind === 'again'
    ? [
        attempt,
        {
          kind: 'run.patch',
          id: run.id,
          patch: { state: 'queued', crashes, uncounted: run.uncounted + 1 },
        },
      ]
    : [
        attempt,
        {
          kind: 'run.patch',
          id: run.id,
          patch: {
            state: 'finished',
            outcome: 'interrupted',
            reason: 'needs-decision',
            error,
            crashes,
            finishedAt: now,
          },
        },
      ];
}
