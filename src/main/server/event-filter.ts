import { z } from 'zod';
import { invalid } from '../../shared/errors.ts';
import { eventSchemas, type EventName, type PontualEvent } from '../../shared/events.ts';
import { inputProblems } from '../../shared/input-problems.ts';
import { idSchema } from '../../shared/values.ts';

/** Which events a client wants to hear of; those that it does not are never sent to it. */

export const EVENT_NAMES = Object.keys(eventSchemas) as readonly EventName[];

const querySchema = z.strictObject({
  /** Given again for each name, or as one list with commas. */
  name: z
    .preprocess(
      (value) =>
        [value].flat().flatMap((one) => (typeof one === 'string' ? one.split(',') : [one])),
      z.array(z.enum(EVENT_NAMES)),
    )
    .optional(),
  jobId: idSchema.optional(),
});

export type EventFilter = (event: PontualEvent) => boolean;

/** The filter that a query asks for; throws a validation error with every problem at its field. */
export function eventFilter(query: unknown): EventFilter {
  const read = querySchema.safeParse(query);
  if (!read.success) throw invalid(inputProblems(read.error));
  const { name, jobId } = read.data;
  const names = name && new Set<EventName>(name);
  return (event) =>
    (names?.has(event.name) ?? true) && (jobId === undefined || jobOf(event) === jobId);
}

/** The job that an event is about; null when it is about none. */
function jobOf(event: PontualEvent): string | null {
  switch (event.name) {
    case 'run.queued':
    case 'run.started':
    case 'run.retrying':
    case 'run.finished':
    case 'run.skipped':
      return event.data.run.jobId;
    case 'run.progress':
    case 'job.changed':
      return event.data.jobId;
    case 'records.changed':
    case 'integration.changed':
    case 'status.changed':
    case 'store.degraded':
      return null;
  }
}
