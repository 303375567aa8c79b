import { z } from 'zod';
import {
  command,
  type Api,
  type FilledInputOf,
  type Handlers,
  type InputOf,
  type OutputOf,
} from './command.ts';
import { refusals } from './i18n/en/refusals.ts';
import { integrationInputSchema, integrationSchema, secretNameSchema } from './integration.ts';
import { jobInputSchema, jobOfScheduleSchema, jobSchema } from './job.ts';
import { logCommands } from './log-commands.ts';
import { operations } from './operations.ts';
import { prioritySchema } from './priority.ts';
import { saidSchema } from './said.ts';
import {
  changeSchema,
  quarantineCountSchema,
  quarantineItemSchema,
  recordSchema,
  recordVersionSchema,
} from './record.ts';
import { outcomeSchema, runDetailSchema, runSchema, runStateSchema, triggerSchema } from './run.ts';
import { insight } from './insight.ts';
import { scheduleSchema } from './schedule.ts';
import { settingsPatchSchema, settingsSchema } from './settings.ts';
import { failureSchema, statusSchema } from './status.ts';
import { testResultSchema } from './test-result.ts';
import { upkeep } from './upkeep.ts';
import {
  countSchema,
  idSchema,
  instantInputSchema,
  instantSchema,
  jsonObjectSchema,
  listQuery,
  pageOf,
} from './values.ts';

/**
 * Every command of the program, said once. The window's api, the IPC handlers, the REST routes, the OpenAPI document
 * and the command line's client are derived from this table; `events.ts` is its counterpart for what is told.
 */

const nothing = z.null();
const byId = z.strictObject({ id: idSchema });
const byRunId = z.strictObject({ id: z.string().min(1).max(64) });
const noInput = z.strictObject({});
const flag = z.stringbool().or(z.boolean());
const localeSchema = z.enum(['en', 'pt-BR']).default('en');
const reasonText = z.string().max(500).nullable().default(null);
const pauseFields = { until: instantInputSchema.nullable().default(null), reason: reasonText };

const integrations = {
  'integrations.list': command({
    doc: 'Lists the integrations by id.',
    method: 'GET',
    path: '/integrations',
    input: z.strictObject({ ...listQuery, q: z.string().max(200).optional() }),
    output: pageOf(integrationSchema),
  }),
  'integrations.create': command({
    doc: 'Registers an integration; without an id it gets the slug of its name.',
    method: 'POST',
    path: '/integrations',
    input: integrationInputSchema,
    output: integrationSchema,
    status: 201,
  }),
  'integrations.get': command({
    doc: 'One integration.',
    method: 'GET',
    path: '/integrations/{id}',
    input: byId,
    output: integrationSchema,
  }),
  'integrations.update': command({
    doc: 'Replaces an integration whole.',
    method: 'PUT',
    path: '/integrations/{id}',
    input: integrationInputSchema.extend({ id: idSchema }),
    output: integrationSchema,
  }),
  'integrations.delete': command({
    doc: 'Deletes an integration; with jobs only if cascade is true, and its data is kept or deleted as said.',
    method: 'DELETE',
    path: '/integrations/{id}',
    input: byId.extend({
      cascade: flag.default(false),
      data: z.enum(['keep', 'delete']).default('keep'),
    }),
    output: nothing,
    status: 204,
  }),
  'integrations.test': command({
    doc: 'Calls the API as declared, without storing anything, and tells what came of it.',
    method: 'POST',
    path: '/integrations/test',
    input: z.strictObject({
      integration: integrationInputSchema,
      maxPages: z.number().int().min(1).max(10).default(2),
    }),
    output: testResultSchema,
    allowedReadOnly: true,
  }),
  'integrations.import': command({
    doc: 'Makes an integration of a curl line, an OpenAPI document or a Postman collection; stores nothing.',
    method: 'POST',
    path: '/integrations/import',
    input: z.strictObject({
      from: z.enum(['curl', 'openapi', 'postman']),
      text: z
        .string()
        .min(1, refusals.nothingToImport)
        .max(1024 * 1024),
      operation: z.string().max(2000).optional(),
    }),
    output: z.strictObject({
      integration: integrationInputSchema,
      report: z.array(
        z.strictObject({
          taken: z.boolean(),
          what: z.string(),
          whatSays: saidSchema.optional(),
          why: z.string(),
          whySays: saidSchema.optional(),
        }),
      ),
    }),
    allowedReadOnly: true,
  }),
};

const secretSchema = z.strictObject({
  name: secretNameSchema,
  origin: z.string(),
  hasValue: z.boolean(),
  locked: z.boolean(),
  updatedAt: instantSchema,
});

const secrets = {
  'secrets.list': command({
    doc: 'Lists the names of the secrets; no part of a value is ever answered.',
    method: 'GET',
    path: '/secrets',
    input: noInput,
    output: pageOf(secretSchema),
  }),
  'secrets.put': command({
    doc: 'Stores a secret, bound to the origin that it may be sent to.',
    method: 'PUT',
    path: '/secrets/{name}',
    input: z.strictObject({
      name: secretNameSchema,
      value: z.string().min(1, refusals.valueNeeded).max(65_536),
      origin: z.string().min(1).max(2048),
    }),
    output: secretSchema,
  }),
  'secrets.delete': command({
    doc: 'Deletes a secret.',
    method: 'DELETE',
    path: '/secrets/{name}',
    input: z.strictObject({ name: secretNameSchema }),
    output: nothing,
    status: 204,
  }),
};

const previewOutput = z.strictObject({
  instants: z.array(instantSchema),
  /** What daylight saving does to each instant, if anything. */
  dst: z.array(z.enum(['moved', 'repeated-first', 'repeated-second']).nullable()),
  description: z.string(),
  warnings: z.array(z.string()),
});

const jobs = {
  'jobs.list': command({
    doc: 'Lists the jobs by id.',
    method: 'GET',
    path: '/jobs',
    input: z.strictObject({
      ...listQuery,
      q: z.string().max(200).optional(),
      integrationId: idSchema.optional(),
    }),
    output: pageOf(jobSchema),
  }),
  'jobs.create': command({
    doc: 'Registers a job; without an id it gets the slug of its name.',
    method: 'POST',
    path: '/jobs',
    input: jobInputSchema,
    output: jobSchema,
    status: 201,
  }),
  'jobs.get': command({
    doc: 'One job.',
    method: 'GET',
    path: '/jobs/{id}',
    input: byId,
    output: jobSchema,
  }),
  'jobs.update': command({
    doc: 'Replaces a job whole; it takes effect before the answer.',
    method: 'PUT',
    path: '/jobs/{id}',
    input: jobInputSchema.extend({ id: idSchema }),
    output: jobSchema,
  }),
  'jobs.delete': command({
    doc: 'Deletes a job; its running runs are cancelled, its history is kept.',
    method: 'DELETE',
    path: '/jobs/{id}',
    input: byId,
    output: nothing,
    status: 204,
  }),
  'jobs.pause': command({
    doc: 'Pauses a job, until an instant or until it is resumed.',
    method: 'POST',
    path: '/jobs/{id}/pause',
    input: byId.extend(pauseFields),
    output: jobSchema,
  }),
  'jobs.resume': command({
    doc: 'Resumes a paused job; its policy for missed runs decides what is caught up.',
    method: 'POST',
    path: '/jobs/{id}/resume',
    input: byId,
    output: jobSchema,
  }),
  'jobs.run': command({
    doc: 'Starts a job now, later or at an instant; answers as many run ids as it has instances.',
    method: 'POST',
    path: '/jobs/{id}/run',
    input: byId.extend({
      input: jsonObjectSchema.optional(),
      at: instantInputSchema.nullable().default(null),
      delayMs: z.number().int().min(0).nullable().default(null),
      priority: prioritySchema.nullable().default(null),
      full: z.boolean().default(false),
      /** What this run does not see is gone, however much it is: see `vanishedMaxPercent`. */
      allowVanished: z.boolean().default(false),
      idempotencyKey: z.string().min(1).max(255).optional(),
    }),
    output: z.strictObject({ runIds: z.array(z.string()) }),
    status: 202,
    headers: { 'idempotency-key': 'idempotencyKey' },
  }),
  'jobs.next': command({
    doc: 'The next instants of a job, by the code that fires them.',
    method: 'GET',
    path: '/jobs/{id}/next',
    input: byId.extend({
      count: z.coerce.number().int().min(1).max(1000).default(5),
      locale: localeSchema,
    }),
    output: previewOutput,
  }),
  'schedules.preview': command({
    doc: 'The next instants of a schedule, by the code that fires them, with its description and warnings.',
    method: 'POST',
    path: '/schedules/preview',
    input: z.strictObject({
      schedule: scheduleSchema,
      count: z.number().int().min(1).max(1000).default(5),
      from: instantInputSchema.nullable().default(null),
      /** What the job adds to it; without one, the schedule alone. */
      job: jobOfScheduleSchema.optional(),
      locale: localeSchema,
    }),
    output: previewOutput,
    allowedReadOnly: true,
  }),
};

const runs = {
  'runs.list': command({
    doc: 'Lists runs, newest first; from is inclusive, to exclusive, both on createdAt.',
    method: 'GET',
    path: '/runs',
    input: z.strictObject({
      ...listQuery,
      jobId: idSchema.optional(),
      integrationId: idSchema.optional(),
      state: runStateSchema.optional(),
      outcome: outcomeSchema.optional(),
      trigger: triggerSchema.optional(),
      from: instantInputSchema.optional(),
      to: instantInputSchema.optional(),
      q: z.string().max(200).optional(),
    }),
    output: pageOf(runSchema),
  }),
  'runs.get': command({
    doc: 'One run with its attempts and their pages.',
    method: 'GET',
    path: '/runs/{id}',
    input: byRunId,
    output: runDetailSchema,
  }),
  'runs.log': command({
    doc: "A run's log as text, or as JSON lines with format=jsonl.",
    method: 'GET',
    path: '/runs/{id}/log',
    input: byRunId.extend({
      format: z.enum(['text', 'jsonl']).default('text'),
      level: z.enum(['debug', 'info', 'warn', 'error']).default('debug'),
    }),
    output: z.string(),
    produces: 'text/plain',
  }),
  'runs.cancel': command({
    doc: 'Cancels a run that is not finished; never in the middle of a page.',
    method: 'POST',
    path: '/runs/{id}/cancel',
    input: byRunId,
    output: runSchema,
  }),
  'runs.retry': command({
    doc: 'Starts a new run of the same job, also of a skipped one.',
    method: 'POST',
    path: '/runs/{id}/retry',
    input: byRunId,
    output: runSchema,
    status: 202,
  }),
  'runs.decide': command({
    doc: 'Decides what becomes of an interrupted run: sent again, or left as it is.',
    method: 'POST',
    path: '/runs/{id}/decide',
    input: byRunId.extend({ decision: z.enum(['rerun', 'discard']) }),
    output: runSchema,
  }),
};

const records = {
  'records.list': command({
    doc: 'Lists records, last changed first; with format csv or jsonl over REST the whole list as a file, limit and cursor aside.',
    method: 'GET',
    path: '/records',
    input: z.strictObject({
      ...listQuery,
      integrationId: idSchema.optional(),
      change: changeSchema.optional(),
      /** The run that last changed them. */
      runId: z.string().max(64).optional(),
      /** A run that wrote them, as they are now: also what later runs changed again. */
      writtenBy: z.string().max(64).optional(),
      q: z.string().max(200).optional(),
      format: z.enum(['json', 'csv', 'jsonl']).default('json'),
      /** Of the spreadsheet that reads the CSV. */
      locale: localeSchema,
    }),
    output: pageOf(recordSchema),
    isExported: true,
  }),
  'records.get': command({
    doc: 'One record.',
    method: 'GET',
    path: '/records/{integrationId}/{key}',
    input: z.strictObject({ integrationId: idSchema, key: z.string().max(8192) }),
    output: recordSchema,
  }),
  'records.versions': command({
    doc: 'The versions of a record, newest first, with the fields that changed.',
    method: 'GET',
    path: '/records/{integrationId}/{key}/versions',
    input: z.strictObject({ integrationId: idSchema, key: z.string().max(8192), ...listQuery }),
    output: pageOf(recordVersionSchema),
  }),
  'quarantine.list': command({
    doc: 'Lists the records that the validator refused.',
    method: 'GET',
    path: '/quarantine',
    input: z.strictObject({
      ...listQuery,
      integrationId: idSchema.optional(),
      runId: z.string().max(64).optional(),
      field: z.string().max(500).optional(),
    }),
    output: pageOf(quarantineItemSchema),
  }),
  'quarantine.fields': command({
    doc: 'Counts the refused records by integration, reason and field, the most first.',
    method: 'GET',
    path: '/quarantine/fields',
    input: z.strictObject({
      integrationId: idSchema.optional(),
      runId: z.string().max(64).optional(),
    }),
    output: z.strictObject({ items: z.array(quarantineCountSchema) }),
  }),
  'quarantine.replay': command({
    doc: "Holds refused records against today's schema and key, without calling the API; without ids all of the integration.",
    method: 'POST',
    path: '/quarantine/replay',
    input: z.strictObject({
      integrationId: idSchema,
      ids: z.array(z.string().min(1).max(64)).max(10_000).default([]),
    }),
    output: z.strictObject({
      replayed: countSchema,
      accepted: countSchema,
      stillInvalid: countSchema,
    }),
  }),
  'quarantine.delete': command({
    doc: 'Discards a refused record.',
    method: 'DELETE',
    path: '/quarantine/{id}',
    input: z.strictObject({ id: z.string().min(1).max(64) }),
    output: nothing,
    status: 204,
  }),
};

const overviewSchema = z.strictObject({
  running: z.array(runSchema),
  next: z.array(z.strictObject({ jobId: idSchema, jobName: z.string(), at: instantSchema })),
  failures: z.array(failureSchema),
  recordsToday: z.strictObject({ new: countSchema, changed: countSchema }),
  /** The last runs of each job, oldest first. */
  heartbeats: z.array(
    z.strictObject({
      jobId: idSchema,
      jobName: z.string(),
      runs: z.array(
        z.strictObject({
          runId: z.string(),
          outcome: outcomeSchema.nullable(),
          at: instantSchema,
          durationMs: z.number().nullable(),
        }),
      ),
    }),
  ),
});

const program = {
  status: command({
    doc: 'What the program is doing, and whether it is well.',
    method: 'GET',
    path: '/status',
    input: noInput,
    output: statusSchema,
  }),
  overview: command({
    doc: 'What the home screen shows: running now, next runs, last failures, and the last runs of each job.',
    method: 'GET',
    path: '/overview',
    input: z.strictObject({
      since: instantInputSchema.optional(),
      runsPerJob: z.coerce.number().int().min(1).max(100).default(30),
    }),
    output: overviewSchema,
  }),
  pause: command({
    doc: 'Pauses all schedules, until an instant or until they are resumed.',
    method: 'POST',
    path: '/pause',
    input: z.strictObject(pauseFields),
    output: statusSchema,
  }),
  resume: command({
    doc: 'Resumes all schedules.',
    method: 'POST',
    path: '/resume',
    input: noInput,
    output: statusSchema,
  }),
  'settings.get': command({
    doc: 'The settings.',
    method: 'GET',
    path: '/settings',
    input: noInput,
    output: settingsSchema,
  }),
  'settings.patch': command({
    doc: 'Changes some settings; objects are merged, null removes a named entry.',
    method: 'PATCH',
    path: '/settings',
    input: settingsPatchSchema,
    output: settingsSchema,
  }),
  'store.checkpoint': command({
    doc: 'Writes a verified snapshot of the database now.',
    method: 'POST',
    path: '/store/checkpoint',
    input: noInput,
    output: z.strictObject({
      lsn: countSchema,
      snapshotBytes: countSchema,
      durationMs: z.number(),
    }),
  }),
  'demo.start': command({
    doc: 'Starts the small API inside the program and registers an integration and a job that collect it.',
    method: 'POST',
    path: '/demo',
    input: noInput,
    output: z.strictObject({ url: z.string(), integrationId: idSchema, jobId: idSchema }),
    status: 201,
  }),
};

export const contract = {
  ...integrations,
  ...secrets,
  ...jobs,
  ...runs,
  ...records,
  ...program,
  ...upkeep,
  ...operations,
  ...logCommands,
  ...insight,
};

export type Contract = typeof contract;
export type CommandName = keyof Contract;
export type CommandInput<N extends CommandName> = InputOf<Contract, N>;
export type CommandFilledInput<N extends CommandName> = FilledInputOf<Contract, N>;
export type CommandOutput<N extends CommandName> = OutputOf<Contract, N>;
export type ContractApi = Api<Contract>;
export type ContractHandlers = Handlers<Contract>;
