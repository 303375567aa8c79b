import { z } from 'zod';
import { command } from './command.ts';
import { configDocumentSchema, configImportSchema, importReportSchema } from './config-document.ts';

/** The part of the contract that looks after the program itself: its configuration as a file. */

const noInput = z.strictObject({});

export const upkeep = {
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
