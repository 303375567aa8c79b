import { z } from 'zod';
import type { Command, CommandTable } from '../../shared/command.ts';
import { ERROR_CODES } from '../../shared/errors.ts';
import { integrationInputSchema, integrationSchema } from '../../shared/integration.ts';
import { jobInputSchema, jobSchema } from '../../shared/job.ts';
import { quarantineItemSchema, recordSchema, recordVersionSchema } from '../../shared/record.ts';
import { runDetailSchema, runSchema } from '../../shared/run.ts';
import { settingsSchema } from '../../shared/settings.ts';
import { statusSchema } from '../../shared/status.ts';
import { testResultSchema } from '../../shared/test-result.ts';
import { readsQuery } from './command-input.ts';
import { EVENT_NAMES } from './event-filter.ts';
import { EXPORT_TYPES } from './record-export.ts';
import { API_PREFIX } from './server-options.ts';
import { YAML_TYPE } from './yaml-document.ts';

/** The OpenAPI 3.1 document, made from the table of commands: JSON Schema 2020-12 is its own language. */

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json; readonly [kind: string]: Json };
  readonly [field: string]: unknown;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Json;
  readonly responses: Json;
  readonly [field: string]: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: unknown;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly [field: string]: unknown;
}

/**
 * Shapes that have a name of their own. What is sent may leave out what has a default, what is answered is whole: one
 * shape that goes both ways has a name for each.
 */
const named = { input: z.registry<{ id: string }>(), output: z.registry<{ id: string }>() };
named.input.add(integrationInputSchema, { id: 'IntegrationInput' });
named.input.add(jobInputSchema, { id: 'JobInput' });
named.output.add(integrationInputSchema, { id: 'IntegrationDraft' });
named.output.add(integrationSchema, { id: 'Integration' });
named.output.add(jobSchema, { id: 'Job' });
named.output.add(runSchema, { id: 'Run' });
named.output.add(runDetailSchema, { id: 'RunDetail' });
named.output.add(recordSchema, { id: 'Record' });
named.output.add(recordVersionSchema, { id: 'RecordVersion' });
named.output.add(quarantineItemSchema, { id: 'QuarantineItem' });
named.output.add(settingsSchema, { id: 'Settings' });
named.output.add(statusSchema, { id: 'Status' });
named.output.add(testResultSchema, { id: 'TestResult' });

export function openApiDocument(table: CommandTable, version: string): OpenApiDocument {
  const schemas: Json = { Error: errorSchema };
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [name, command] of Object.entries(table)) {
    const methods = (paths[API_PREFIX + command.path] ??= {});
    methods[command.method.toLowerCase()] = operationOf(name, command, schemas);
  }
  paths[`${API_PREFIX}/events`] = { get: eventsOperation };
  Object.assign(paths, programPaths);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pontual',
      version,
      description:
        'Collects HTTP APIs on a schedule, on your own machine. Every command of the program; the same table makes its windows and its command line.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas,
      responses: { Error: answer('Refused or failed; `code` is stable.', ref('Error')) },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The content of `api-token`.' },
      },
    },
  };
}

function operationOf(name: string, command: Command, schemas: Json): Operation {
  const input = schemaOf(command.input, 'input', schemas);
  const parameters = parametersOf(command, resolve(input, schemas));
  const body = bodyOf(command, input, resolve(input, schemas));
  return {
    operationId: name,
    summary: command.doc,
    tags: [name.split('.')[0]],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: body }),
    responses: {
      [String(command.status ?? 200)]: successOf(command, schemas),
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** JSON Schema of one direction; named shapes inside it move to the document's own place. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): ObjectSchema {
  const made = z.toJSONSchema(schema, {
    io,
    metadata: named[io],
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  const whole = movedRefs(made);
  Object.assign(schemas, whole['$defs']);
  return without(whole, '$schema', '$defs');
}

function without(schema: Json, ...names: readonly string[]): Json {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !names.includes(name)));
}

function movedRefs(schema: unknown): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}

function resolve(schema: ObjectSchema, schemas: Json): ObjectSchema {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  return name === undefined ? schema : (schemas[name] as ObjectSchema);
}

function parametersOf(command: Command, input: ObjectSchema): Parameter[] {
  const inPath = [...command.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const headers = Object.entries(command.headers ?? {});
  const isRequired = (name: string) => input.required?.includes(name) ?? false;
  const schema = (name: string) => input.properties?.[name] ?? {};
  const inHeaders = headers.map(([, field]) => field);
  const inQuery = readsQuery(command)
    ? Object.keys(input.properties ?? {}).filter(
        (name) => ![...inPath, ...inHeaders].includes(name),
      )
    : [];
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: schema(name) }) as const),
    ...inQuery.map(
      (name) => ({ name, in: 'query', required: isRequired(name), schema: schema(name) }) as const,
    ),
    ...headers.map(
      ([name, field]) =>
        ({ name, in: 'header', required: isRequired(field), schema: schema(field) }) as const,
    ),
  ];
}

function bodyOf(command: Command, input: ObjectSchema, resolved: ObjectSchema): Json | null {
  if (readsQuery(command)) return null;
  // One of several shapes: each with fields of its own.
  if ('oneOf' in resolved || 'anyOf' in resolved)
    return { required: true, content: contentOf(command, input) };
  const elsewhere = new Set([
    ...[...command.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''),
    ...Object.values(command.headers ?? {}),
  ]);
  const properties = Object.entries(resolved.properties ?? {});
  const own = properties.filter(([name]) => !elsewhere.has(name));
  if (own.length === 0) return null;
  const required = (resolved.required ?? []).filter((name) => !elsewhere.has(name));
  const schema =
    own.length === properties.length
      ? input
      : { ...resolved, properties: Object.fromEntries(own), required };
  return { required: required.length > 0, content: contentOf(command, schema) };
}

function successOf(command: Command, schemas: Json): Json {
  if (command.status === 204) return { description: 'Done.' };
  if (command.produces === 'text/plain')
    return { description: 'Done.', content: { 'text/plain': { schema: { type: 'string' } } } };
  const schema = schemaOf(command.output, 'output', schemas);
  const content = { ...contentOf(command, schema), ...(command.isExported ? exportContent : {}) };
  return { description: 'Done.', content };
}

const exportContent = Object.fromEntries(
  Object.values(EXPORT_TYPES).map((type) => [
    type.split(';')[0] ?? type,
    { schema: { type: 'string' } },
  ]),
);

function contentOf({ isDocument }: Command, schema: unknown): Json {
  return {
    'application/json': { schema },
    ...(isDocument === true ? { [YAML_TYPE]: { schema } } : {}),
  };
}

function answer(description: string, schema: unknown): Json {
  return { description, content: { 'application/json': { schema } } };
}

function ref(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details'],
      properties: {
        code: { type: 'string', enum: Object.keys(ERROR_CODES) },
        message: { type: 'string' },
        details: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: { path: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
  },
};

const eventsOperation: Operation = {
  operationId: 'events',
  summary: `Follows what happens, all of it or what name and jobId ask for: ${EVENT_NAMES.join(', ')}.`,
  parameters: [
    {
      name: 'name',
      in: 'query',
      required: false,
      schema: { type: 'array', items: { type: 'string', enum: EVENT_NAMES } },
    },
    { name: 'jobId', in: 'query', required: false, schema: { type: 'string' } },
    { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
  ],
  responses: {
    200: {
      description: 'Server-sent events; `event: reset` when what was missed is gone.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    default: { $ref: '#/components/responses/Error' },
  },
};

const healthOperation = (operationId: string, summary: string): Operation => ({
  operationId,
  summary,
  security: [{}, { token: [] }],
  responses: {
    200: answer('Well, also when paused.', { type: 'object' }),
    503: answer('Starting, degraded, read-only or stopping.', { type: 'object' }),
  },
});

const programPaths = {
  '/health': { get: healthOperation('health', 'Whether the program is well.') },
  '/actuator/health': { get: healthOperation('actuatorHealth', 'The same as /health.') },
  '/actuator/health/db': { get: healthOperation('storeHealth', 'Whether the store is well.') },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Figures for Prometheus.',
      responses: {
        200: { description: 'Text.', content: { 'text/plain': { schema: { type: 'string' } } } },
        default: { $ref: '#/components/responses/Error' },
      },
    },
  },
} satisfies Record<string, Record<string, Operation>>;
