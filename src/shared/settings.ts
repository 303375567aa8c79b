import { z } from 'zod';
import { prioritySchema } from './priority.ts';
import { telemetrySettingsSchema } from './telemetry.ts';

/** What a person may change of the whole program. Order of inheritance: job, category, settings. */

const MINUTE = 60_000;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const categorySchema = z.strictObject({
  priority: prioritySchema.nullable().default(null),
  timeoutMs: z.number().int().min(100).nullable().default(null),
  maxAttempts: z.number().int().min(1).max(100).nullable().default(null),
  immediateRetry: z.boolean().default(false),
});
export type Category = z.infer<typeof categorySchema>;

export const settingsSchema = z.strictObject({
  concurrency: z.strictObject({ runs: z.number().int().min(1).max(1000) }),
  queue: z.strictObject({ maxWaiting: z.number().int().min(0).max(1_000_000) }),
  groups: z.record(
    z.string().min(1).max(100),
    z.strictObject({ maxRunning: z.number().int().min(1).max(1000) }),
  ),
  categories: z.record(z.string().min(1).max(100), categorySchema),
  retention: z.strictObject({
    runsDays: z.number().int().min(1).max(36_500),
    runsPerJob: z.number().int().min(1).max(10_000_000),
    runDetailsPerJob: z.number().int().min(0).max(1_000_000),
    versionsPerRecord: z.number().int().min(1).max(10_000),
    recordsDays: z.number().int().min(1).nullable(),
    quarantineDays: z.number().int().min(1).max(36_500),
    logDays: z.number().int().min(1).max(36_500),
    logBytes: z.number().int().min(MIB),
  }),
  store: z.strictObject({
    budgetBytes: z
      .number()
      .int()
      .min(16 * MIB)
      .max(1.5 * GIB),
  }),
  /** Service names of the seed dialect to base URLs. */
  services: z.record(z.string().min(1).max(200), z.string().min(1).max(8192)),
  autoPause: z.strictObject({
    afterFailures: z.number().int().min(1).max(10_000),
    afterConfigErrors: z.number().int().min(1).max(10_000),
    /** After so long a job that failed again and again is tried once more; null: only when somebody resumes it. */
    probeAfterMs: z.number().int().min(1000).nullable(),
  }),
  telemetry: telemetrySettingsSchema,
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS = {
  concurrency: { runs: 64 },
  queue: { maxWaiting: 1000 },
  groups: {},
  categories: {
    maintenance: { priority: 'low', timeoutMs: 60 * MINUTE, maxAttempts: 3, immediateRetry: false },
    business: { priority: 'normal', timeoutMs: 30 * MINUTE, maxAttempts: 3, immediateRetry: false },
    critical: { priority: 'high', timeoutMs: 10 * MINUTE, maxAttempts: 3, immediateRetry: true },
    realtime: { priority: 'critical', timeoutMs: MINUTE, maxAttempts: 1, immediateRetry: true },
  },
  retention: {
    runsDays: 30,
    runsPerJob: 10_000,
    runDetailsPerJob: 200,
    versionsPerRecord: 20,
    recordsDays: null,
    quarantineDays: 30,
    logDays: 30,
    logBytes: GIB,
  },
  store: { budgetBytes: 512 * MIB },
  services: {},
  autoPause: { afterFailures: 10, afterConfigErrors: 3, probeAfterMs: 30 * MINUTE },
  telemetry: { sinks: [] },
} as const satisfies Settings;

/**
 * How much at once, by name: as many as a small machine and a few APIs bear, or the pool of the microservice that this
 * program takes over from.
 */
export const WORK_PRESETS = {
  usual: { concurrency: DEFAULT_SETTINGS.concurrency, queue: DEFAULT_SETTINGS.queue },
  pool: { concurrency: { runs: 10 }, queue: { maxWaiting: 1000 } },
  gentle: { concurrency: { runs: 5 }, queue: { maxWaiting: 1000 } },
} as const satisfies Record<string, Pick<Settings, 'concurrency' | 'queue'>>;

/** A change of some settings: objects are merged, everything else is replaced; `null` removes a named entry. */
export const settingsPatchSchema = z.strictObject({
  concurrency: settingsSchema.shape.concurrency.partial().optional(),
  queue: settingsSchema.shape.queue.partial().optional(),
  groups: z.record(z.string(), settingsSchema.shape.groups.valueType.nullable()).optional(),
  categories: z.record(z.string(), categorySchema.nullable()).optional(),
  retention: settingsSchema.shape.retention.partial().optional(),
  store: settingsSchema.shape.store.partial().optional(),
  services: z.record(z.string(), z.string().max(8192).nullable()).optional(),
  autoPause: settingsSchema.shape.autoPause.partial().optional(),
  telemetry: telemetrySettingsSchema.partial().optional(),
});
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
