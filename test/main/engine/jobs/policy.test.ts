import { expect, it } from 'vitest';
import { resolvePolicy } from '../../../../src/main/engine/jobs/policy.ts';
import { jobInputSchema, type JobInput } from '../../../../src/shared/job.ts';
import { DEFAULT_SETTINGS } from '../../../../src/shared/settings.ts';

const MINUTE = 60_000;

function resolve(input: Partial<JobInput>) {
  const job = jobInputSchema.parse({ name: 'Job', integrationId: 'api', ...input });
  return resolvePolicy(job, DEFAULT_SETTINGS);
}

it.each([
  [
    'nothing said',
    {},
    { priority: 'normal', timeoutMs: 30 * MINUTE, maxAttempts: 3, immediateRetry: false },
  ],
  ['maintenance', { category: 'maintenance' }, { priority: 'low', timeoutMs: 60 * MINUTE }],
  ['business', { category: 'business' }, { priority: 'normal', timeoutMs: 30 * MINUTE }],
  [
    'critical',
    { category: 'critical' },
    { priority: 'high', timeoutMs: 10 * MINUTE, immediateRetry: true },
  ],
  [
    'realtime',
    { category: 'realtime' },
    { priority: 'critical', timeoutMs: MINUTE, maxAttempts: 1, immediateRetry: true },
  ],
  ['a category that is gone', { category: 'gone' }, { priority: 'normal', maxAttempts: 3 }],
  [
    'the job before its category',
    { category: 'realtime', priority: 'low', timeoutMs: 5000, retry: { maxAttempts: 7 } },
    { priority: 'low', timeoutMs: 5000, maxAttempts: 7, immediateRetry: true },
  ],
] as const)('%s', (_, input, expected) => {
  expect(resolve(input)).toMatchObject(expected);
});
