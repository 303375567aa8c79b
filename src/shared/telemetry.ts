import { z } from 'zod';
import { refusals } from './i18n/en/refusals.ts';
import { secretNameSchema } from './integration.ts';
import { saidSchema } from './said.ts';
import { countSchema } from './values.ts';

/** Where telemetry goes: kept in the settings, with what became of it lately beside. */

/** The kinds of events that other systems read. */
export const CANONICAL_EVENTS = [
  'job.started',
  'job.completed',
  'job.failed',
  'job.retrying',
  'job.progress',
] as const;
export type CanonicalEventName = (typeof CANONICAL_EVENTS)[number];

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, refusals.badSinkName);
const urlSchema = z
  .string()
  .max(8192)
  .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/i, refusals.badSinkUrl);

const commonFields = {
  name: nameSchema,
  enabled: z.boolean().default(true),
  /** Which kinds; null = all. */
  events: z.array(z.enum(CANONICAL_EVENTS)).min(1).nullable().default(null),
};

export const telemetrySinkSchema = z.discriminatedUnion('kind', [
  /** One file a day in the home's `telemetry/NAME/`. */
  z.strictObject({ kind: z.literal('json-lines'), ...commonFields }),
  /** Lists of events, posted. */
  z.strictObject({
    kind: z.literal('http'),
    ...commonFields,
    url: urlSchema,
    /** Sent as a bearer token. */
    secret: secretNameSchema.nullable().default(null),
  }),
  /** One request an event, signed with the secret. */
  z.strictObject({
    kind: z.literal('webhook'),
    ...commonFields,
    url: urlSchema,
    secret: secretNameSchema,
  }),
]);
export type TelemetrySinkSettings = z.output<typeof telemetrySinkSchema>;

export const telemetrySettingsSchema = z.strictObject({
  sinks: z
    .array(telemetrySinkSchema)
    .max(20)
    .refine(
      (sinks) => new Set(sinks.map(({ name }) => name)).size === sinks.length,
      refusals.sameSinkName,
    ),
});

/** How a sink does since it was switched on. */
export const telemetryStateSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['json-lines', 'http', 'webhook']),
  enabled: z.boolean(),
  delivered: countSchema,
  waiting: countSchema,
  /** Left out because too many waited. */
  dropped: countSchema,
  /** Of the last delivery; null when it worked. */
  lastError: z.string().nullable(),
  lastErrorSays: saidSchema.optional(),
});
export type TelemetryState = z.output<typeof telemetryStateSchema>;
