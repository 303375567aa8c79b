import type { JobDefinition } from '../../../shared/job.ts';
import type { Priority } from '../../../shared/priority.ts';
import type { Settings } from '../../../shared/settings.ts';

/** What applies to a job after inheritance: job, then its category, then these. */
export interface JobPolicy {
  readonly priority: Priority;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly immediateRetry: boolean;
}

const MINUTE = 60_000;

const DEFAULT_POLICY = {
  priority: 'normal',
  timeoutMs: 30 * MINUTE,
  maxAttempts: 3,
  immediateRetry: false,
} as const satisfies JobPolicy;

export function resolvePolicy(
  job: Pick<JobDefinition, 'priority' | 'timeoutMs' | 'retry' | 'category'>,
  settings: Pick<Settings, 'categories'>,
): JobPolicy {
  const category = job.category === null ? undefined : settings.categories[job.category];
  return {
    priority: job.priority ?? category?.priority ?? DEFAULT_POLICY.priority,
    timeoutMs: job.timeoutMs ?? category?.timeoutMs ?? DEFAULT_POLICY.timeoutMs,
    maxAttempts: job.retry.maxAttempts ?? category?.maxAttempts ?? DEFAULT_POLICY.maxAttempts,
    immediateRetry: category?.immediateRetry ?? DEFAULT_POLICY.immediateRetry,
  };
}
