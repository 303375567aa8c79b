import {
  integrationInputSchema,
  isIdempotent,
  type Integration,
  type IntegrationInput,
} from '../../../src/shared/integration.ts';
import { jobInputSchema, type Job, type JobInput } from '../../../src/shared/job.ts';

const DAY = 86_400_000;

/** Fills what a person gave as the engine would. */
export function filledIntegration(input: IntegrationInput, id: string, now: number): Integration {
  const draft = integrationInputSchema.parse(input);
  const { idempotent = isIdempotent(draft.request.method) } = draft.request;
  const at = new Date(now).toISOString();
  return {
    ...draft,
    id,
    request: { ...draft.request, idempotent },
    createdAt: typeof draft.createdAt === 'string' ? draft.createdAt : at,
    updatedAt: at,
  };
}

export function filledJob(input: JobInput, id: string, now: number): Job {
  const { health: _health, pauseReasonSays: _says, ...draft } = jobInputSchema.parse(input);
  const at = new Date(now).toISOString();
  return {
    ...draft,
    id,
    state: draft.enabled ? 'enabled' : 'disabled',
    pausedUntil: null,
    pauseReason: null,
    nextRunAt: null,
    lastRun: null,
    createdAt: typeof draft.createdAt === 'string' ? draft.createdAt : at,
    updatedAt: at,
  };
}

export function fakeIntegrations(now: number): Integration[] {
  return INTEGRATIONS.map((input) => filledIntegration(input, input.id ?? '', now - 40 * DAY));
}

export function fakeJobs(now: number): Job[] {
  return JOBS.map(({ state, ...input }) => ({
    ...filledJob(input, input.id ?? '', now - 39 * DAY),
    health: {
      failuresInRow: state === 'auto-paused' ? 3 : 0,
      noNewSince: input.id === 'weather-hourly' ? new Date(now - 2 * DAY).toISOString() : null,
      fewRecords: input.id === 'coins-30s' ? { received: 12, usual: 300 } : null,
      fewPages: input.id === 'coins-30s' ? { pages: 1, usual: 6 } : null,
      heldBack: null,
    },
    ...(state === undefined ? {} : { state }),
    ...(state === 'paused' ? { pausedUntil: new Date(now + 7_200_000).toISOString() } : {}),
    ...(state === 'auto-paused'
      ? { pauseReason: 'Paused after 3 configuration errors in a row: 401 Unauthorized.' }
      : {}),
  }));
}

const INTEGRATIONS: readonly IntegrationInput[] = [
  {
    id: 'coins',
    name: 'Coin prices',
    description: 'Spot prices of the 300 largest coins.',
    request: { url: 'https://api.coins.example/v3/markets', query: { currency: 'brl' } },
    pagination: { kind: 'page-number', sizeParameter: 'per_page', size: 100 },
    records: { path: '$.items[*]' },
    schema: {
      type: 'object',
      required: ['id', 'price'],
      properties: { id: { type: 'integer' }, name: { type: 'string' }, price: { type: 'number' } },
    },
    key: ['id'],
    rateLimit: { requests: 10, perMs: 1000 },
  },
  {
    id: 'weather',
    name: 'Weather stations',
    request: { url: 'https://api.weather.example/stations/latest' },
    auth: { kind: 'api-key', in: 'header', name: 'X-Api-Key', secret: 'weather-key' },
    records: { path: '$.stations[*]' },
    key: ['code'],
  },
  {
    id: 'orders',
    name: 'Marketplace orders',
    request: { url: 'https://api.market.example/orders/search' },
    auth: { kind: 'bearer', secret: 'market-token' },
    pagination: { kind: 'cursor-body', path: '$.paging.next' },
    records: { path: '$.results[*]' },
    key: ['order_id'],
    incremental: { field: 'updated_at', parameter: 'since' },
  },
  {
    id: 'inventory',
    name: 'Inventory',
    request: { url: 'http://127.0.0.1:9000/stock' },
    records: { path: '$' },
    key: ['sku', 'warehouse'],
    vanished: 'mark',
  },
  {
    id: 'rates',
    name: 'Exchange rates',
    request: { url: 'https://rates.example/latest' },
    records: { path: '$.rates' },
  },
  {
    id: 'invoices',
    name: 'Invoices',
    request: { url: 'https://erp.example/api/invoices' },
    auth: { kind: 'basic', username: 'robot', secret: 'erp-password' },
    records: { path: '$.data[*]' },
    key: ['number'],
  },
  {
    id: 'backup-hook',
    name: 'Nightly backup call',
    request: { method: 'POST', url: 'https://ops.example/hooks/backup', idempotent: true },
    records: null,
  },
];

const JOBS: readonly (JobInput & { state?: Job['state'] })[] = [
  {
    id: 'coins-30s',
    name: 'Coins every 30 s',
    integrationId: 'coins',
    schedule: { kind: 'fixed-rate', everyMs: 30_000 },
  },
  {
    id: 'weather-hourly',
    name: 'Weather every hour',
    integrationId: 'weather',
    schedule: { kind: 'cron', expression: '5 * * * *', timeZone: 'America/Sao_Paulo' },
  },
  {
    id: 'orders-sync',
    name: 'Orders, every 5 minutes on working days',
    integrationId: 'orders',
    schedule: { kind: 'cron', expression: '*/5 8-19 * * MON-FRI', timeZone: 'America/Sao_Paulo' },
    priority: 'high',
  },
  {
    id: 'inventory-shelves',
    name: 'Inventory by shelf',
    integrationId: 'inventory',
    schedule: { kind: 'fixed-delay', delayMs: 600_000 },
    instances: 4,
  },
  {
    id: 'rates-daily',
    name: 'Exchange rates at 18:00',
    integrationId: 'rates',
    schedule: { kind: 'cron', expression: '0 18 * * *', timeZone: 'Europe/Lisbon' },
    state: 'paused',
  },
  {
    id: 'invoices-15m',
    name: 'Invoices',
    integrationId: 'invoices',
    schedule: { kind: 'fixed-rate', everyMs: 900_000 },
    state: 'auto-paused',
  },
  {
    id: 'backup-nightly',
    name: 'Nightly backup',
    integrationId: 'backup-hook',
    schedule: { kind: 'cron', expression: '30 2 * * *', timeZone: 'Europe/Berlin' },
    category: 'maintenance',
  },
  {
    id: 'orders-full',
    name: 'Orders, whole read',
    integrationId: 'orders',
    schedule: { kind: 'manual' },
    enabled: false,
  },
];
