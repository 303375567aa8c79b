import type { Locale } from '../../../shared/i18n/index.ts';
import type { Run } from '../../../shared/run.ts';
import { spoken } from '../../../shared/sentences.ts';
import { whyNotRunning, type Status } from '../../../shared/status.ts';

/** Runs and the program's status in the words of the predecessor. */

export type SeedStatus = 'PENDING' | 'RUNNING' | 'SUCCESS' | 'FAILED' | 'TIMEOUT';

export function seedStatus(run: Pick<Run, 'state' | 'outcome'>): SeedStatus {
  if (run.state === 'running') return 'RUNNING';
  if (run.state !== 'finished') return 'PENDING';
  if (run.outcome === 'succeeded' || run.outcome === 'partial') return 'SUCCESS';
  return run.outcome === 'timed-out' ? 'TIMEOUT' : 'FAILED';
}

/** `locale`: of the sentences in it. */
export function fromRun(run: Run, locale: Locale): Readonly<Record<string, unknown>> {
  return {
    id: run.id,
    job_id: run.jobId,
    inicio_execucao: run.startedAt ?? run.createdAt,
    fim_execucao: run.finishedAt,
    status: seedStatus(run),
    resultado: resultOf(run),
    erro_mensagem: messageOf(run, locale),
    tentativa_numero: Math.max(run.attempt, 1),
    duracao_ms: run.durationMs === null ? null : Math.round(run.durationMs),
    servidor_execucao: run.worker,
    recursos_utilizados: { cpu_ms: run.resources.cpuMs, memoria_bytes: run.resources.peakBytes },
  };
}

/** The answer of the called service, as JSON where it is JSON; what was collected for other jobs. */
function resultOf(run: Run): unknown {
  if (run.state !== 'finished') return null;
  if (run.result === null) return run.counts;
  try {
    return JSON.parse(run.result) as unknown;
  } catch {
    return run.result;
  }
}

function messageOf(run: Run, locale: Locale): string | null {
  const status = seedStatus(run);
  if (status !== 'FAILED' && status !== 'TIMEOUT') return null;
  const why = run.error === null ? run.reason : spoken(run.error, locale);
  return why === null ? run.outcome : `${run.outcome ?? 'failed'}: ${why}`;
}

export function fromStatus(status: Status, locale: Locale): Readonly<Record<string, unknown>> {
  const why = whyNotRunning(status);
  return {
    status: status.state.toUpperCase(),
    ativo: status.state === 'running',
    motivo: why && spoken(why, locale),
    pausado_ate: status.pausedUntil,
    iniciado_em: status.startedAt,
    versao: status.version,
    jobs_total: status.jobs.total,
    jobs_ativos: status.jobs.enabled,
    execucoes_em_andamento: status.running,
    execucoes_na_fila: status.queued,
    falhas_24h: status.failures.last24h,
    proxima_execucao: status.nextRun?.at ?? null,
  };
}
