import { describe, expect, it } from 'vitest';
import {
  inSeedWords,
  seedJobSchema,
  toIntegration,
  toJob,
} from '../../../../src/main/server/seed/seed-job.ts';
import { seedStatus } from '../../../../src/main/server/seed/seed-run.ts';
import { invalid, PontualError } from '../../../../src/shared/errors.ts';
import { sampleRun } from '../../../support/sample-run.ts';

const now = Date.parse('2026-11-21T12:00:00.000Z');
const services = { resultados: 'http://127.0.0.1:8083/', backup: 'http://127.0.0.1:9000/api' };

function seed(different: object = {}) {
  return seedJobSchema.parse({
    nome_job: 'test-job',
    tipo_job: 'CRON',
    expressao_cron: '0 */15 * * * *',
    servico_alvo: 'resultados',
    endpoint_execucao: '/health',
    ...different,
  });
}

describe('toIntegration', () => {
  it('calls a service by GET, or by POST when there is something to send, and keeps no records', () => {
    expect(toIntegration(seed(), services)).toMatchObject({
      records: null,
      request: { method: 'GET', url: 'http://127.0.0.1:8083/health', body: null },
    });
    const payload_json = { campanha: 7 };
    expect(toIntegration(seed({ payload_json }), services).request).toMatchObject({
      method: 'POST',
      body: payload_json,
    });
  });

  it.each(['/health', 'health', '//health'])(
    'joins address and endpoint %s with one slash',
    (path) => {
      const call = seed({ servico_alvo: 'backup', endpoint_execucao: path });
      expect(toIntegration(call, services).request.url).toBe('http://127.0.0.1:9000/api/health');
    },
  );

  it.each(['@evil.example/x', ':1@evil.example', '.evil.example', '\\evil.example'])(
    'never lets the endpoint %s name another host',
    (path) => {
      const { url } = toIntegration(seed({ endpoint_execucao: path }), services).request;
      expect(new URL(url).host).toBe('127.0.0.1:8083');
    },
  );

  it.each(['nobody', '__proto__', 'constructor'])(
    'refuses the unknown service %s',
    (servico_alvo) => {
      expect(() => toIntegration(seed({ servico_alvo }), services)).toThrow(
        `The service '${servico_alvo}' is not known.`,
      );
    },
  );
});

describe('toJob', () => {
  it.each([
    [
      { tipo_job: 'CRON', expressao_cron: '0 0 8 * * MON-FRI' },
      { kind: 'cron', timeZone: null },
    ],
    [
      { tipo_job: 'FIXED_RATE', intervalo_ms: 300_000 },
      { kind: 'fixed-rate', everyMs: 300_000 },
    ],
    [
      { tipo_job: 'FIXED_DELAY', intervalo_ms: 60_000 },
      { kind: 'fixed-delay', delayMs: 60_000 },
    ],
    [
      { tipo_job: 'ONE_TIME', proxima_execucao: '2030-12-31T23:59' },
      { kind: 'one-time', at: '2030-12-31T23:59', timeZone: 'UTC' },
    ],
  ])('reads the schedule of %j', (fields, schedule) => {
    expect(toJob(seed(fields), 'x', now).schedule).toMatchObject(schedule);
  });

  it.each([
    ['CRON', 'expressao_cron'],
    ['FIXED_RATE', 'intervalo_ms'],
    ['FIXED_DELAY', 'intervalo_ms'],
    ['ONE_TIME', 'proxima_execucao'],
  ])('says that a job of the kind %s needs %s', (tipo_job, field) => {
    const job = seed({ tipo_job, expressao_cron: null });
    expect(() => toJob(job, 'x', now)).toThrow(
      `${field}: A job of the kind ${tipo_job} needs this field.`,
    );
  });

  it.each([
    ['2026-11-21T12:00:00', '2026-11-21T12:00:01.000Z'],
    ['2026-11-21T11:55:00', '2026-11-21T12:00:01.000Z'],
    ['2026-11-21T09:00:00-03:00', '2026-11-21T12:00:01.000Z'],
    ['2026-11-21T11:54:59', '2026-11-21T11:54:59'],
    ['2026-11-21T12:00:01', '2026-11-21T12:00:01'],
    ['tomorrow', 'tomorrow'],
  ])('runs a one-time of %s at %s', (proxima_execucao, at) => {
    const fields = { tipo_job: 'ONE_TIME', proxima_execucao };
    expect(toJob(seed(fields), 'x', now).schedule).toMatchObject({ at });
  });

  it('carries policies over', () => {
    const fields = {
      ativo: false,
      max_tentativas: 5,
      timeout_segundos: 1.5,
      prioridade: 'CRITICAL',
      grupo_job: 'reports',
      dependencias: ['a'],
    };
    expect(toJob(seed(fields), 'call', now)).toMatchObject({
      integrationId: 'call',
      enabled: false,
      retry: { maxAttempts: 5 },
      timeoutMs: 1500,
      priority: 'critical',
      group: 'reports',
      after: ['a'],
    });
  });
});

describe('inSeedWords', () => {
  it('names the fields as the caller does', () => {
    const problems = ['schedule.expression', 'schedule.at', 'name', 'retry.maxAttempts', 'tags.0'];
    const error = invalid(problems.map((path) => ({ path, message: 'wrong' })));
    const translated = inSeedWords(error);
    expect(translated).toBeInstanceOf(PontualError);
    expect(translated.message).toBe('expressao_cron: wrong');
    expect(translated.details.map(({ path }) => path)).toEqual([
      'expressao_cron',
      'proxima_execucao',
      'nome_job',
      'max_tentativas',
      'tags.0',
    ]);
  });
});

describe('seedStatus', () => {
  it.each([
    ['queued', null, 'PENDING'],
    ['waiting', null, 'PENDING'],
    ['retrying', null, 'PENDING'],
    ['running', null, 'RUNNING'],
    ['finished', 'succeeded', 'SUCCESS'],
    ['finished', 'partial', 'SUCCESS'],
    ['finished', 'timed-out', 'TIMEOUT'],
    ['finished', 'failed', 'FAILED'],
    ['finished', 'cancelled', 'FAILED'],
    ['finished', 'interrupted', 'FAILED'],
    ['finished', 'skipped', 'FAILED'],
  ] as const)('reads %s %s as %s', (state, outcome, status) => {
    expect(seedStatus(sampleRun({ state, outcome }))).toBe(status);
  });
});
