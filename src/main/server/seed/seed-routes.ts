import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../../shared/command.ts';
import type { ContractHandlers } from '../../../shared/contract.ts';
import { invalid, notFound, PontualError } from '../../../shared/errors.ts';
import { inputProblems } from '../../../shared/input-problems.ts';
import { integrationInputSchema } from '../../../shared/integration.ts';
import { jobInputSchema, type Job } from '../../../shared/job.ts';
import type { Run } from '../../../shared/run.ts';
import { say } from '../../../shared/sentences.ts';
import { idSchema } from '../../../shared/values.ts';
import { languageOf } from '../language.ts';
import type { Clock } from '../../engine/clock.ts';
import type { EventHub } from '../../engine/observe/events.ts';
import { fromJob, inSeedWords, SEED_TAG, seedJobSchema, toIntegration, toJob } from './seed-job.ts';
import { JSON_TYPE } from '../security-headers.ts';
import { all, begun, listText, pagesOf } from './whole-list.ts';
import { fromRun, fromStatus, seedStatus } from './seed-run.ts';

/**
 * The REST API of the predecessor, so that its scripts go on working: a thin translation over the same commands, with
 * its paths, its Portuguese names and its bare lists. Nothing is decided here.
 */
export interface SeedRoutesOptions {
  readonly handlers: ContractHandlers;
  readonly hub: Pick<EventHub, 'on'>;
  readonly clock: Clock;
  /** Tries to take the home's lock from another process; answers what that process said. */
  readonly testLock: () => Promise<{ readonly refused: boolean; readonly message: string }>;
}

const caller: Caller = { via: 'rest' };
const PAGE = 500;

export function addSeedRoutes(app: FastifyInstance, options: SeedRoutesOptions): void {
  addJobRoutes(app, options);
  addRunRoutes(app, options);
  addProgramRoutes(app, options);
  for (const path of ['', '/:id', '/:id/start'])
    app.route({
      method: path === '' ? ['GET', 'POST'] : path === '/:id' ? 'GET' : 'POST',
      url: `/scheduler/workflows${path}`,
      handler: () => {
        throw new PontualError('not-implemented', say('noWorkflows'));
      },
    });
}

interface ById {
  Params: { id: string };
}

function addJobRoutes(app: FastifyInstance, { handlers, clock }: SeedRoutesOptions): void {
  const services = async () => (await handlers['settings.get']({}, caller)).services;
  const shown = async (job: Job) => {
    const integration = await handlers['integrations.get']({ id: job.integrationId }, caller).catch(
      absent,
    );
    return fromJob(job, integration, await services());
  };

  app.get('/scheduler/jobs', async () => {
    const jobs = await all((cursor) => handlers['jobs.list']({ limit: PAGE, ...cursor }, caller));
    return Promise.all([...jobs].sort(oldestFirst).map(shown));
  });

  app.get<ById>('/scheduler/jobs/:id', async ({ params }) =>
    shown(await handlers['jobs.get'](params, caller)),
  );

  app.post('/scheduler/jobs', async ({ body }, reply) => {
    const seed = filled(seedJobSchema, body ?? {});
    const call = toIntegration(seed, await services());
    return translated(async () => {
      const draft = filled(integrationInputSchema, call);
      const { id } = await handlers['integrations.create'](draft, caller);
      try {
        const job = filled(jobInputSchema, toJob(seed, id, clock.now()));
        void reply.code(201);
        return await shown(await handlers['jobs.create'](job, caller));
      } catch (error) {
        await handlers['integrations.delete']({ id, cascade: false, data: 'delete' }, caller);
        throw error;
      }
    });
  });

  app.put<ById>('/scheduler/jobs/:id', async ({ params: { id }, body }) => {
    const seed = filled(seedJobSchema, body ?? {});
    const { integrationId } = await handlers['jobs.get']({ id }, caller);
    const call = toIntegration(seed, await services());
    return translated(async () => {
      const draft = filled(integrationInputSchema, call);
      const job = filled(jobInputSchema, toJob(seed, integrationId, clock.now()));
      await handlers['integrations.update']({ ...draft, id: integrationId }, caller);
      return shown(await handlers['jobs.update']({ ...job, id }, caller));
    });
  });

  app.delete<ById>('/scheduler/jobs/:id', async ({ params: { id } }, reply) => {
    const { integrationId, tags } = await handlers['jobs.get']({ id }, caller);
    await handlers['jobs.delete']({ id }, caller);
    // Its call was made with it; one that other jobs use too stays, because the command refuses.
    if (tags.includes(SEED_TAG))
      await handlers['integrations.delete'](
        { id: integrationId, cascade: false, data: 'keep' },
        caller,
      ).catch(absent);
    return reply.code(204).send();
  });

  app.post<ById>('/scheduler/jobs/:id/execute', async ({ params: { id }, headers }, reply) => {
    const start = {
      id,
      at: null,
      delayMs: null,
      priority: null,
      full: false,
      allowVanished: false,
    };
    const { runIds } = await handlers['jobs.run'](start, caller);
    const runs = await Promise.all(runIds.map((run) => handlers['runs.get']({ id: run }, caller)));
    void reply.code(202);
    return fromRun(firstOf(runs, 'job', id), languageOf(headers));
  });

  app.post<ById>('/scheduler/jobs/:id/retry', async ({ params: { id }, headers }, reply) => {
    await handlers['jobs.get']({ id }, caller);
    const { items } = await handlers['runs.list']({ jobId: id, limit: 1 }, caller);
    const last = firstOf(items, 'run of job', id);
    void reply.code(202);
    const run = await handlers['runs.retry']({ id: last.id }, caller);
    return fromRun(run, languageOf(headers));
  });
}

function addRunRoutes(app: FastifyInstance, { handlers }: SeedRoutesOptions): void {
  app.get('/scheduler/execucoes', async ({ query, headers }, reply) => {
    const locale = languageOf(headers);
    const { limite, job_id: jobId } = filled(runsQuerySchema, query);
    const pages = pagesOf(
      (cursor) =>
        handlers['runs.list']({ limit: PAGE, ...(jobId && { jobId }), ...cursor }, caller),
      limite,
    );
    // Of a history that grew for months, no more than a page is ever held.
    const text = listText(await begun(pages), (run) => JSON.stringify(fromRun(run, locale)));
    return reply.type(JSON_TYPE).send(Readable.from(text));
  });

  app.get<ById>('/scheduler/execucoes/:id', async ({ params: { id }, headers }) => {
    const run = await handlers['runs.get']({ id }, caller);
    const log = await handlers['runs.log']({ id, format: 'text', level: 'debug' }, caller);
    return { ...fromRun(run, languageOf(headers)), logs_execucao: log };
  });

  app.post<ById>('/scheduler/execucoes/:id/retry', async ({ params, headers }, reply) => {
    void reply.code(202);
    return fromRun(await handlers['runs.retry'](params, caller), languageOf(headers));
  });
}

function addProgramRoutes(app: FastifyInstance, options: SeedRoutesOptions): void {
  const { handlers, hub, testLock } = options;
  const done = tallyRuns(hub);
  app.addHook('onClose', (_app, next) => {
    done.stop();
    next();
  });
  const status = () => handlers.status({}, caller);

  app.get('/scheduler/status', async ({ headers }) =>
    fromStatus(await status(), languageOf(headers)),
  );
  app.get('/scheduler/metrics', async () => {
    const { executados, falhas, segundos, maximo } = done.figures();
    const { running, queued, jobs } = await status();
    return {
      jobs_agendados: jobs.enabled,
      execucoes_em_andamento: running,
      execucoes_na_fila: queued,
      execucoes_concluidas: executados,
      execucoes_com_falha: falhas,
      duracao_media_ms: executados === 0 ? null : Math.round((segundos / executados) * 1000),
      duracao_maxima_ms: Math.round(maximo * 1000),
    };
  });
  app.post('/scheduler/pause', async ({ headers }) =>
    fromStatus(await handlers.pause({ until: null, reason: null }, caller), languageOf(headers)),
  );
  app.post('/scheduler/resume', async ({ headers }) =>
    fromStatus(await handlers.resume({}, caller), languageOf(headers)),
  );
  app.post('/scheduler/admin/test-lock', async () => {
    const { refused, message } = await testLock();
    return { sucesso: refused, bloqueado: refused, mensagem: message };
  });

  app.get<{ Params: { name: string } }>('/actuator/metrics/:name', async ({ params: { name } }) => {
    const { executados, segundos, maximo } = done.figures();
    const measured = {
      'executor.active': async () => value((await status()).running),
      'executor.queued': async () => value((await status()).queued),
      'scheduler.execution.duration': () => [
        { statistic: 'COUNT', value: executados },
        { statistic: 'TOTAL_TIME', value: segundos },
        { statistic: 'MAX', value: maximo },
      ],
      // The store has one owner, which is its one connection.
      'r2dbc.pool.connections': () => value(1),
    };
    if (!Object.hasOwn(measured, name)) throw notFound('metric', name);
    // Checked on the line before.
    const measurements = await measured[name as keyof typeof measured]();
    return { name, measurements, availableTags: [] };
  });
}

function value(of: number) {
  return [{ statistic: 'VALUE', value: of }];
}

/** Counts the runs that end while the server lives. */
function tallyRuns(hub: Pick<EventHub, 'on'>) {
  const figures = { executados: 0, falhas: 0, segundos: 0, maximo: 0 };
  const stop = hub.on('run.finished', ({ run }) => {
    const seconds = (run.durationMs ?? 0) / 1000;
    figures.executados += 1;
    figures.falhas += seedStatus(run) === 'SUCCESS' ? 0 : 1;
    figures.segundos += seconds;
    figures.maximo = Math.max(figures.maximo, seconds);
  });
  return { figures: () => figures, stop };
}

function filled<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(inputProblems(result.error));
}

/** Runs commands whose refusals name our fields, which the caller does not know. */
async function translated<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof PontualError ? inSeedWords(error) : error;
  }
}

const runsQuerySchema = z.object({
  limite: z.coerce.number().int().min(1).optional(),
  job_id: idSchema.optional(),
});

function oldestFirst(a: Job, b: Job): number {
  return a.createdAt === b.createdAt ? 0 : a.createdAt < b.createdAt ? -1 : 1;
}

function firstOf<T extends Run>(items: readonly T[], what: 'job' | 'run of job', id: string): T {
  const [first] = items;
  if (!first) throw notFound(what, id);
  return first;
}

function absent(error: unknown): null {
  if (error instanceof PontualError) return null;
  throw error;
}
