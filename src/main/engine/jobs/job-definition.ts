import { isDeepStrictEqual } from 'node:util';
import type { JobDefinition } from '../../../shared/job.ts';
import { initialCoverage } from '../../../shared/schedule.ts';
import { say } from '../../../shared/sentences.ts';
import type { LiveJob } from './live-job.ts';
import { circleInWords, circleThrough } from './order.ts';
import { refuse, unknownReference } from './refusals.ts';

/**
 * Up to where the instants of a changed job are covered, when what was due is settled up to `since`. A single time of
 * a moment ago still comes, also when a change brings it.
 */
export function coverageOf(definition: JobDefinition, before: LiveJob, since: number): number {
  const { schedule } = definition;
  const isNewTime =
    schedule.kind === 'one-time' && !isDeepStrictEqual(schedule, before.definition.schedule);
  return isNewTime
    ? initialCoverage(schedule, since)
    : Math.max(before.runtime.coveredUntil, since);
}

/** Throws when the job names something that is not there, or would wait for itself. */
export function checkReferences(
  definition: JobDefinition,
  integrations: ReadonlyMap<string, unknown>,
  jobs: ReadonlyMap<string, LiveJob>,
): void {
  const { id: own, integrationId, after } = definition;
  if (!integrations.has(integrationId))
    throw unknownReference('integrationId', say('noIntegration', { id: integrationId }));
  for (const [index, id] of after.entries()) {
    if (id === own) throw unknownReference(`after.${index}`, say('waitsForItself'));
    if (!jobs.has(id)) throw unknownReference(`after.${index}`, say('noJob', { id }));
  }
  const circle = circleThrough(definition, (id) => jobs.get(id)?.definition);
  if (circle) refuse([{ path: 'after', ...circleInWords(circle), code: 'validation' }]);
}
