import { z } from 'zod';
import { command } from './command.ts';
import { refusals } from './i18n/en/refusals.ts';
import { saidSchema } from './said.ts';
import { telemetryStateSchema } from './telemetry.ts';
import { countSchema, instantSchema, pageOf } from './values.ts';
import { configDocumentSchema, configImportSchema, importReportSchema } from './config-document.ts';

/** The part of the contract that looks after the program itself: its store and its configuration as a file. */

const noInput = z.strictObject({});
const bytesSchema = countSchema;
const backupName = z.string().min(1, refusals.backupNeeded).max(255);

export const backupSchema = z.strictObject({
  /** File name in the home's `backups/`. */
  name: z.string(),
  reason: z.enum(['daily', 'manual', 'before-restore', 'before-migration']),
  at: instantSchema,
  bytes: bytesSchema,
});

export const storageSchema = z.strictObject({
  state: z.enum(['ok', 'degraded', 'read-only']),
  stateReason: z.string().nullable(),
  stateReasonSays: saidSchema.optional(),
  home: z.string(),
  lsn: countSchema,
  journalBytes: bytesSchema,
  snapshotBytes: bytesSchema,
  databaseBytes: bytesSchema,
  /** Of `databaseBytes`: free pages that the next rows take. */
  freeBytes: bytesSchema,
  budgetBytes: bytesSchema,
  records: countSchema,
  runs: countSchema,
  integrations: z.array(
    z.strictObject({
      integrationId: z.string(),
      records: countSchema,
      quarantined: countSchema,
      /** Records with their versions and indexes, estimated. */
      bytes: bytesSchema,
    }),
  ),
  /** Snapshots that a start can begin with, newest first. */
  generations: z.array(z.strictObject({ lsn: countSchema, bytes: bytesSchema, at: instantSchema })),
  backups: z.array(backupSchema),
});
export type Storage = z.output<typeof storageSchema>;

const replacedSchema = z.strictObject({
  /** What the program now begins with; it starts again with it at once. */
  from: z.string(),
});

export const upkeep = {
  'store.info': command({
    doc: 'What is stored, how large it is, and what there is to fall back on.',
    method: 'GET',
    path: '/store',
    input: noInput,
    output: storageSchema,
  }),
  'store.compact': command({
    doc: 'Rewrites the database without its free pages, then writes a snapshot; queries wait meanwhile.',
    method: 'POST',
    path: '/store/compact',
    input: noInput,
    output: z.strictObject({
      lsn: countSchema,
      snapshotBytes: bytesSchema,
      durationMs: z.number(),
    }),
  }),
  'store.backup': command({
    doc: "Writes a verified copy of everything into the home's backups.",
    method: 'POST',
    path: '/store/backup',
    input: noInput,
    output: backupSchema,
    status: 201,
  }),
  'store.backups': command({
    doc: 'Lists the backups, newest first.',
    method: 'GET',
    path: '/store/backups',
    input: noInput,
    output: pageOf(backupSchema),
  }),
  'store.restore': command({
    doc: 'Makes everything what a backup holds, after a backup of what there is; the program starts again with it.',
    method: 'POST',
    path: '/store/restore',
    input: z.strictObject({ backup: backupName }),
    output: replacedSchema,
  }),
  'store.recover': command({
    doc: 'Ends the state read-only as chosen; the damaged files are kept, and the program starts again.',
    method: 'POST',
    path: '/store/recover',
    input: z.strictObject({
      choice: z.enum(['prefix', 'previous-generation', 'backup']),
      /** Needed for the choice backup. */
      backup: backupName.optional(),
    }),
    output: replacedSchema,
    allowedReadOnly: true,
  }),
  'telemetry.state': command({
    doc: 'How each telemetry sink of the settings does, with its last error.',
    method: 'GET',
    path: '/telemetry',
    input: noInput,
    output: z.strictObject({ sinks: z.array(telemetryStateSchema) }),
  }),
  'config.export': command({
    doc: 'All integrations and jobs as one document, by id, without secrets; YAML where Accept asks for it.',
    method: 'GET',
    path: '/config/export',
    input: noInput,
    output: configDocumentSchema,
    isDocument: true,
  }),
  'config.import': command({
    doc: 'Takes a document, JSON or YAML, item by item: what is new is made, what differs is replaced, nothing is deleted.',
    method: 'POST',
    path: '/config/import',
    input: configImportSchema,
    output: importReportSchema,
    isDocument: true,
  }),
};
