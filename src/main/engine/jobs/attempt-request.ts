import { toIso } from '../clock.ts';
import type { AttemptRequest } from '../pool/protocol.ts';
import type { PageValidator } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import type { LiveIntegration, LiveJob } from './live-job.ts';
import type { LiveRun } from './live-run.ts';

/** What the network thread has to know to make an attempt of the run. */
export function attemptRequest(
  run: LiveRun,
  given: {
    readonly attemptId: number;
    readonly planId: number;
    readonly job: LiveJob;
    readonly validators: readonly PageValidator[];
  },
): AttemptRequest {
  const { row, plan } = run;
  const { id, name, context, splitPages, when } = plan.job;
  const { runtime, watermark } = given.job;
  return {
    attemptId: given.attemptId,
    planId: given.planId,
    runId: run.id,
    attempt: row.attempt,
    timeoutMs: plan.policy.timeoutMs,
    template: {
      now: toIso(run.attempt?.startedAt ?? row.createdAt),
      scheduledFor: row.scheduledFor === null ? null : toIso(row.scheduledFor),
      lastSuccess: runtime.lastSuccessAt === null ? null : toIso(runtime.lastSuccessAt),
      instance: row.instance,
      instances: row.instances,
      job: { id, name },
      context,
      input: row.input,
    },
    splitPages,
    resumeFrom: run.position,
    pagesStored: run.pagesStored,
    watermark: row.full ? null : watermark,
    validators: given.validators,
    condition: row.attempt === 1 ? when : null,
  };
}

const NONE: readonly PageValidator[] = [];

/** Cheap for most runs: nothing is asked when the integration is known to have no validators. */
export function validatorsFor(
  { row, jobId }: LiveRun,
  integration: LiveIntegration | undefined,
  store: Pick<Store, 'query'>,
): readonly PageValidator[] | Promise<readonly PageValidator[]> {
  if (!integration?.definition.conditional || !integration.mayHaveValidators) return NONE;
  if (row.full || row.instances > 1) return NONE;
  return store.query('validators.get', { integrationId: row.integrationId, jobId }).then(
    (validators) => {
      if (validators.length === 0) integration.mayHaveValidators = false;
      return validators;
    },
    // Asking unconditionally is always right.
    () => NONE,
  );
}
