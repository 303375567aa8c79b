import { z } from 'zod';
import { invalid, PontualError, type Problem } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Integration, IntegrationInput } from '../../../shared/integration.ts';
import type { Job, JobInput } from '../../../shared/job.ts';
import type { Priority } from '../../../shared/priority.ts';
import { LATEST_ONE_TIME_MS, type Schedule } from '../../../shared/schedule.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { toIso } from '../../engine/clock.ts';

/**
 * A job in the words of the predecessor, and back. There a job held its call; here the call is an integration of its
 * own, without records: any success counts, and the answer is the result.
 */

const KINDS = ['CRON', 'FIXED_RATE', 'FIXED_DELAY', 'ONE_TIME'] as const;
const PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'CRITICAL'] as const;
const ignored = z.unknown().optional();

export const seedJobSchema = z.strictObject({
  nome_job: z.string().trim().min(1).max(200),
  descricao: z.string().max(10_000).nullish(),
  tipo_job: z.enum(KINDS),
  expressao_cron: z.string().nullish(),
  intervalo_ms: z.number().int().min(0).nullish(),
  servico_alvo: z.string().trim().min(1).max(200),
  endpoint_execucao: z.string().max(8000).default('/'),
  payload_json: z.custom<JsonValue>().nullish(),
  ativo: z.boolean().nullish(),
  max_tentativas: z.number().int().min(1).max(100).nullish(),
  timeout_segundos: z.number().min(0.1).nullish(),
  prioridade: z.enum(PRIORITIES).nullish(),
  grupo_job: z.string().max(100).nullish(),
  dependencias: z.array(z.string()).max(50).nullish(),
  condicoes_execucao: z.string().max(4000).nullish(),
  proxima_execucao: z.string().nullish(),
  criado_por: z.string().max(90).nullish(),
  id: ignored,
  criado_em: ignored,
  atualizado_em: ignored,
});
export type SeedJobInput = z.output<typeof seedJobSchema>;

export type SeedJob = Readonly<Record<keyof z.input<typeof seedJobSchema>, unknown>>;

/** The names of our fields in the words of the dialect, for problems. */
const FIELD_NAMES: readonly (readonly [prefix: string, seed: string])[] = [
  ['schedule.expression', 'expressao_cron'],
  ['schedule.everyMs', 'intervalo_ms'],
  ['schedule.delayMs', 'intervalo_ms'],
  ['schedule', 'proxima_execucao'],
  ['name', 'nome_job'],
  ['description', 'descricao'],
  ['request.url', 'endpoint_execucao'],
  ['request.body', 'payload_json'],
  ['after', 'dependencias'],
  ['when', 'condicoes_execucao'],
  ['timeoutMs', 'timeout_segundos'],
  ['retry', 'max_tentativas'],
  ['group', 'grupo_job'],
  ['priority', 'prioridade'],
];

/** The same error with its fields in the words of the dialect. */
export function inSeedWords(error: PontualError): PontualError {
  const details = error.details.map(({ path, ...told }: Problem) => {
    const found = FIELD_NAMES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`));
    return { path: found?.[1] ?? path, ...told };
  });
  // The message of a validation error repeats its first field.
  if (error.code === 'validation') return invalid(details);
  return new PontualError(error.code, error, { details, cause: error });
}

/** The call of a job as an integration; an unknown service is a `PontualError('unknown-reference')`. */
export function toIntegration(
  seed: SeedJobInput,
  services: Settings['services'],
): IntegrationInput {
  const base = Object.hasOwn(services, seed.servico_alvo) ? services[seed.servico_alvo] : undefined;
  if (base === undefined)
    throw new PontualError(
      'unknown-reference',
      say('unknownService', { name: seed.servico_alvo }),
      { details: [{ path: 'servico_alvo', ...say('serviceNotKnown') }] },
    );
  const payload = seed.payload_json ?? null;
  return {
    name: seed.nome_job,
    description: seed.descricao ?? '',
    request: {
      method: payload === null ? 'GET' : 'POST',
      // With a slash between them an endpoint cannot make the address another one.
      url: `${base.replace(/\/+$/, '')}/${seed.endpoint_execucao.replace(/^\/+/, '')}`,
      body: payload,
    },
    records: null,
  };
}

/** @param nowMs decides what becomes of a one-time that has just passed */
export function toJob(seed: SeedJobInput, integrationId: string, nowMs: number): JobInput {
  const { max_tentativas: maxAttempts, timeout_segundos: seconds } = seed;
  return {
    name: seed.nome_job,
    description: seed.descricao ?? '',
    integrationId,
    enabled: seed.ativo ?? true,
    schedule: toSchedule(seed, nowMs),
    priority: (seed.prioridade?.toLowerCase() as Priority | undefined) ?? null,
    group: seed.grupo_job ?? null,
    after: seed.dependencias ?? [],
    when: seed.condicoes_execucao ?? null,
    timeoutMs: typeof seconds === 'number' ? Math.round(seconds * 1000) : null,
    retry: { maxAttempts: maxAttempts ?? null },
    tags: [SEED_TAG, ...(seed.criado_por ? [AUTHOR_TAG + seed.criado_por] : [])],
  };
}

/** Marks jobs whose integration belongs to them alone, and goes with them. */
export const SEED_TAG = 'scheduler';
const AUTHOR_TAG = 'criado_por:';

function toSchedule(seed: SeedJobInput, nowMs: number): Schedule {
  const { expressao_cron: expression, intervalo_ms: ms, proxima_execucao: at } = seed;
  const needed = <T>(value: T | null | undefined, field: string): T => {
    if (value !== null && value !== undefined) return value;
    throw invalid([{ path: field, ...say('kindNeedsField', { kind: seed.tipo_job }) }]);
  };
  switch (seed.tipo_job) {
    case 'CRON':
      return { kind: 'cron', expression: needed(expression, 'expressao_cron'), timeZone: null };
    case 'FIXED_RATE':
      return {
        kind: 'fixed-rate',
        everyMs: needed(ms, 'intervalo_ms'),
        startAt: null,
        timeZone: null,
      };
    case 'FIXED_DELAY':
      return { kind: 'fixed-delay', delayMs: needed(ms, 'intervalo_ms'), timeZone: null };
    case 'ONE_TIME':
      return {
        kind: 'one-time',
        at: notJustPassed(needed(at, 'proxima_execucao'), nowMs),
        timeZone: 'UTC',
      };
  }
}

const SOON_MS = 1000;

/**
 * Scripts say "now" by the clock of a moment ago: what passed a little while ago runs at once. A time without a zone
 * is UTC there.
 */
function notJustPassed(at: string, nowMs: number): string {
  const atMs = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(at) ? at : `${at}Z`);
  const lateMs = nowMs - atMs;
  return lateMs >= 0 && lateMs <= LATEST_ONE_TIME_MS ? toIso(nowMs + SOON_MS) : at;
}

/** A job of ours, whoever made it, in the words of the dialect. */
export function fromJob(
  job: Job,
  integration: Pick<Integration, 'request'> | null,
  services: Settings['services'],
): SeedJob {
  const target = targetOf(integration?.request.url ?? '', services);
  const author = job.tags.find((tag) => tag.startsWith(AUTHOR_TAG));
  return {
    id: job.id,
    nome_job: job.name,
    descricao: job.description,
    ...fromSchedule(job.schedule),
    servico_alvo: target.service,
    endpoint_execucao: target.endpoint,
    payload_json: integration?.request.body ?? null,
    ativo: job.state === 'enabled',
    max_tentativas: job.retry.maxAttempts,
    timeout_segundos: job.timeoutMs === null ? null : job.timeoutMs / 1000,
    prioridade: job.priority?.toUpperCase() ?? 'NORMAL',
    grupo_job: job.group,
    dependencias: job.after,
    condicoes_execucao: job.when,
    criado_por: author?.slice(AUTHOR_TAG.length) ?? null,
    criado_em: job.createdAt,
    atualizado_em: job.updatedAt,
    proxima_execucao: job.nextRunAt,
  };
}

function fromSchedule(
  schedule: Schedule,
): Pick<SeedJob, 'tipo_job' | 'expressao_cron' | 'intervalo_ms'> {
  const none = { expressao_cron: null, intervalo_ms: null };
  switch (schedule.kind) {
    case 'cron':
      return { ...none, tipo_job: 'CRON', expressao_cron: schedule.expression };
    case 'fixed-rate':
      return { ...none, tipo_job: 'FIXED_RATE', intervalo_ms: schedule.everyMs };
    case 'fixed-delay':
      return { ...none, tipo_job: 'FIXED_DELAY', intervalo_ms: schedule.delayMs };
    case 'one-time':
      return { ...none, tipo_job: 'ONE_TIME' };
    case 'manual':
      return { ...none, tipo_job: 'MANUAL' };
  }
}

/** The service with the longest address that an URL begins with; the bare origin when none fits. */
function targetOf(
  url: string,
  services: Settings['services'],
): { readonly service: string; readonly endpoint: string } {
  const fitting = Object.entries(services)
    .map(([service, base]) => ({ service, base: base.replace(/\/+$/, '') }))
    .filter(({ base }) => url === base || url.startsWith(`${base}/`))
    .sort((a, b) => b.base.length - a.base.length);
  const [best] = fitting;
  if (best) return { service: best.service, endpoint: url.slice(best.base.length) || '/' };
  const [, origin = '', endpoint = '/'] = /^(\w+:\/\/[^/?#]*)(.*)$/.exec(url) ?? [];
  return { service: origin, endpoint: endpoint || '/' };
}
