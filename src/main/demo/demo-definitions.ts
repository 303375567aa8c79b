import type { IntegrationInput } from '../../shared/integration.ts';
import type { JobInput } from '../../shared/job.ts';

/** What "Try the demo" registers: the demo API as an integration, and a job that collects it every 30 seconds. */

export const DEMO_INTEGRATION_ID = 'demo-coins';
export const DEMO_JOB_ID = 'demo-coins-30s';

/** @param url where the demo API listens, without a slash at the end */
export function demoIntegration(url: string): IntegrationInput {
  return {
    id: DEMO_INTEGRATION_ID,
    name: 'Demo coins',
    description:
      'A small API inside this program. Prices move a little at every read; one page is slow, one record is wrong.',
    request: { url: `${url}/coins` },
    pagination: {
      kind: 'page-number',
      parameter: 'page',
      startAt: 1,
      totalPagesPath: '$.totalPages',
    },
    records: { path: '$.items[*]' },
    schema: {
      type: 'object',
      required: ['id', 'symbol', 'name', 'price'],
      properties: {
        id: { type: 'integer' },
        symbol: { type: 'string' },
        name: { type: 'string' },
        price: { type: 'number', exclusiveMinimum: 0 },
        volume: { type: 'integer', minimum: 0 },
        updatedAt: { type: 'string', format: 'date-time' },
      },
    },
    key: ['id'],
  };
}

export function demoJob(): JobInput {
  return {
    id: DEMO_JOB_ID,
    name: 'Demo coins every 30 s',
    integrationId: DEMO_INTEGRATION_ID,
    schedule: { kind: 'cron', expression: '*/30 * * * * *', timeZone: null },
  };
}
