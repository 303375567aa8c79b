import { z } from 'zod';
import { refusals } from './i18n/en/refusals.ts';
import {
  idSchema,
  instantSchema,
  jsonObjectSchema,
  jsonSchema,
  nameSchema,
  textSchema,
} from './values.ts';

/** The declarative contract of one external API. Only `name` and `request.url` are required; the rest has defaults. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MIB = 1024 * 1024;

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export const secretNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    'A secret is named by letters, digits, dot, dash and underscore, 1 to 63 characters.',
  );
export const secretRefSchema = z.strictObject({ secret: secretNameSchema });

/** A header value or form field: text (a Liquid template) or the name of a stored secret. */
export const fieldValueSchema = z.union([z.string().max(16_384), secretRefSchema]);
export type FieldValue = z.infer<typeof fieldValueSchema>;

const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    'A header name has only letters, digits and - _ . ! # $ % & * +.',
  );

export const requestSchema = z.strictObject({
  method: z.enum(METHODS).default('GET'),
  url: z.string().trim().min(1, refusals.urlNeeded).max(8192),
  query: z.record(z.string(), z.string().max(8192)).default({}),
  headers: z.record(headerName, fieldValueSchema).default({}),
  /** A string is sent as it is (a template); any other JSON value is sent as JSON. */
  body: jsonSchema.nullable().default(null),
  idempotent: z.boolean().optional(),
});

const loginRequestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT']).default('POST'),
  url: z.string().min(1).max(8192),
  headers: z.record(headerName, fieldValueSchema).default({}),
  body: z
    .record(z.string(), z.union([jsonSchema, secretRefSchema]))
    .nullable()
    .default(null),
  bodyKind: z.enum(['json', 'form']).default('json'),
});

export const authSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('api-key'),
    in: z.enum(['header', 'query']).default('header'),
    name: z.string().min(1).max(200),
    secret: secretNameSchema,
  }),
  z.strictObject({ kind: z.literal('bearer'), secret: secretNameSchema }),
  z.strictObject({
    kind: z.literal('basic'),
    username: z.string().max(1000),
    secret: secretNameSchema,
  }),
  z.strictObject({
    kind: z.literal('oauth2-client-credentials'),
    tokenUrl: z.string().min(1).max(8192),
    clientId: z.string().min(1).max(1000),
    secret: secretNameSchema,
    scope: z.string().max(4000).nullable().default(null),
    audience: z.string().max(4000).nullable().default(null),
    clientAuth: z.enum(['basic', 'body']).default('basic'),
  }),
  z.strictObject({
    kind: z.literal('login'),
    request: loginRequestSchema,
    tokenPath: z.string().min(1).max(1000),
    ttlMs: z
      .number()
      .int()
      .min(SECOND)
      .default(60 * MINUTE),
    in: z.enum(['header', 'query']).default('header'),
    name: z.string().min(1).max(200).default('Authorization'),
    prefix: z.string().max(200).default('Bearer '),
  }),
]);
export type Auth = z.infer<typeof authSchema>;

const parameterName = z.string().min(1).max(200);
const sizeFields = {
  sizeParameter: parameterName.nullable().default(null),
  size: z.number().int().min(1).max(1_000_000).nullable().default(null),
};
const pathSchema = z.string().min(1, refusals.pathNeeded).max(2000);

export const paginationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('page-number'),
    parameter: parameterName.default('page'),
    startAt: z.number().int().min(0).default(1),
    ...sizeFields,
    totalPagesPath: pathSchema.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('offset'),
    parameter: parameterName.default('offset'),
    startAt: z.number().int().min(0).default(0),
    ...sizeFields,
  }),
  z.strictObject({
    kind: z.literal('cursor-body'),
    path: pathSchema,
    parameter: parameterName.default('cursor'),
    ...sizeFields,
  }),
  z.strictObject({
    kind: z.literal('cursor-header'),
    header: headerName,
    parameter: parameterName.default('cursor'),
    ...sizeFields,
  }),
  z.strictObject({ kind: z.literal('next-url-body'), path: pathSchema, ...sizeFields }),
  z.strictObject({ kind: z.literal('link-header'), ...sizeFields }),
]);
export type Pagination = z.infer<typeof paginationSchema>;

export const incrementalSchema = z.strictObject({
  field: z.string().min(1).max(500),
  parameter: parameterName,
  in: z.enum(['query', 'header', 'body']).default('query'),
  initial: z.string().max(500).nullable().default(null),
  overlapMs: z.number().int().min(0).default(0),
  format: z.enum(['iso', 'epoch-s', 'epoch-ms', 'number', 'text']).default('iso'),
});

export const ERROR_KINDS = [
  'transient',
  'rate-limited',
  'config',
  'system',
  'data',
  'limit',
  'internal',
] as const;
export const errorKindSchema = z.enum(ERROR_KINDS);
export type ErrorKind = z.infer<typeof errorKindSchema>;

export const limitsSchema = z.strictObject({
  totalMs: z
    .number()
    .int()
    .min(100)
    .max(24 * 60 * MINUTE)
    .default(120 * SECOND),
  connectMs: z
    .number()
    .int()
    .min(100)
    .max(10 * MINUTE)
    .default(10 * SECOND),
  headersMs: z
    .number()
    .int()
    .min(100)
    .max(60 * MINUTE)
    .default(30 * SECOND),
  idleMs: z
    .number()
    .int()
    .min(100)
    .max(60 * MINUTE)
    .default(30 * SECOND),
  maxBodyBytes: z
    .number()
    .int()
    .min(1)
    .max(512 * MIB)
    .default(64 * MIB),
  maxPages: z.number().int().min(1).max(1_000_000).default(1000),
  maxDepth: z.number().int().min(1).max(1000).default(100),
  maxRecordBytes: z
    .number()
    .int()
    .min(1)
    .max(64 * MIB)
    .default(MIB),
});
export type Limits = z.infer<typeof limitsSchema>;

const ownFields = {
  name: nameSchema,
  description: textSchema.default(''),
  request: requestSchema,
  auth: authSchema.default({ kind: 'none' }),
  pagination: paginationSchema.default({ kind: 'none' }),
  /** `null`: call only; any success status succeeds whatever the body. */
  records: z
    .strictObject({ path: pathSchema.default('$') })
    .nullable()
    .default({ path: '$' }),
  /** JSON Schema 2020-12 of one record. */
  schema: jsonObjectSchema.nullable().default(null),
  /** Like `schema`, but a record that breaks it is kept and only counted under `warnings`. */
  warnSchema: jsonObjectSchema.nullable().default(null),
  ruleset: z.string().max(200).nullable().default(null),
  /** Dotted field names; empty = the whole record's content is its identity. */
  key: z.array(z.string().min(1).max(500)).max(20).default([]),
  invalid: z
    .strictObject({
      action: z.enum(['quarantine', 'fail']).default('quarantine'),
      maxPercent: z.number().min(0).max(100).nullable().default(null),
    })
    .default({ action: 'quarantine', maxPercent: null }),
  vanished: z.enum(['ignore', 'mark']).default('ignore'),
  /** With `mark`: when more of the records are missing at once, none is marked and the run says so; null = any number. */
  vanishedMaxPercent: z.number().min(0).max(100).nullable().default(null),
  incremental: incrementalSchema.nullable().default(null),
  conditional: z.boolean().default(true),
  rateLimit: z
    .strictObject({
      requests: z.number().int().min(1).max(1_000_000),
      perMs: z
        .number()
        .int()
        .min(1)
        .max(24 * 60 * MINUTE),
    })
    .nullable()
    .default(null),
  /** Requests at once to the origin, shared by all integrations that call it; the strictest wins. */
  concurrency: z.number().int().min(1).max(1024).default(8),
  retry: z
    .strictObject({
      maxAttempts: z.number().int().min(1).max(100).default(3),
      baseDelayMs: z.number().int().min(0).default(SECOND),
      maxDelayMs: z.number().int().min(0).default(MINUTE),
      notOn: z.array(errorKindSchema).default([]),
    })
    .default({ maxAttempts: 3, baseDelayMs: SECOND, maxDelayMs: MINUTE, notOn: [] }),
  redirects: z
    .strictObject({
      follow: z.enum(['same-origin', 'any', 'none']).default('same-origin'),
      max: z.number().int().min(0).max(20).default(5),
    })
    .default({ follow: 'same-origin', max: 5 }),
  /** `caFile`: a file of certificates (PEM) that are trusted beside the usual ones, for a company's own authority. */
  tls: z
    .strictObject({ caFile: z.string().trim().min(1).max(4096).nullable().default(null) })
    .prefault({}),
  limits: limitsSchema.prefault({}),
};

/**
 * What a person gives. The id may be left out: it is then made from the name. Server-owned fields may come along, so
 * that an answer can be edited and sent back whole; they are ignored.
 */
export const integrationInputSchema = z.strictObject({
  id: idSchema.optional(),
  ...ownFields,
  createdAt: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
});
export type IntegrationInput = z.input<typeof integrationInputSchema>;
export type IntegrationDraft = z.output<typeof integrationInputSchema>;

/** What the program keeps and answers: everything filled. */
export const integrationSchema = z.strictObject({
  id: idSchema,
  ...ownFields,
  request: requestSchema.extend({ idempotent: z.boolean() }),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type Integration = z.output<typeof integrationSchema>;
export type IntegrationRequest = Integration['request'];

/** RFC 9110 names GET, HEAD, PUT and DELETE idempotent; POST and PATCH are not unless the person says otherwise. */
export function isIdempotent(method: Method): boolean {
  return method !== 'POST' && method !== 'PATCH';
}
