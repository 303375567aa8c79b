import {
  jobInputSchema,
  type Job,
  type JobDraft,
  type JobInput,
  type JobOfSchedule,
} from '../../shared/job.ts';
import { parseJsonObject, problemsOrNothing } from '../ui/json-text.ts';

/** A job as the form edits it: fields that are not text on the screen are text here. */
export interface JobModel {
  job: JobDraft;
  tags: string;
  input: string;
}

/** A new job with every default of the contract, called like what it collects. */
export function newJobModel(integrationId: string, name = ''): JobModel {
  const job = jobInputSchema.parse({
    name: 'x',
    integrationId: 'x',
    schedule: { kind: 'fixed-rate', everyMs: 300_000 },
  });
  return modelOf({ ...job, name, integrationId });
}

/** A job as it was answered, ready to be edited. */
export function jobModelOf(job: Job): JobModel {
  return modelOf(jobInputSchema.parse(job));
}

function modelOf(job: JobDraft): JobModel {
  return {
    job,
    tags: job.tags.join(', '),
    input: Object.keys(job.input).length === 0 ? '' : JSON.stringify(job.input, null, 2),
  };
}

/** What is sent; throws a CallError with the problems that are seen here already. */
export function jobInputOf(model: JobModel): JobInput {
  const input = parseJsonObject(model.input, 'input');
  problemsOrNothing([input]);
  const tags = model.tags
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean);
  return { ...model.job, tags, input: input.value ?? {} };
}

/** What the job adds to its schedule; `savedId` null: it is new. */
export function jobOfSchedule({ job }: JobModel, savedId: string | null): JobOfSchedule {
  const { startAt, endAt, jitterMs, blackouts } = job;
  return { id: savedId, startAt, endAt, jitterMs, blackouts };
}
