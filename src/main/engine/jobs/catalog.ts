import { isDeepStrictEqual } from 'node:util';
import { invalid, notFound, PontualError } from '../../../shared/errors.ts';
import {
  isIdempotent,
  type Integration,
  type IntegrationDraft,
} from '../../../shared/integration.ts';
import type { JobDefinition, JobDraft } from '../../../shared/job.ts';
import { initialCoverage } from '../../../shared/schedule.ts';
import { toIso, type Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { CheckProblem } from '../pool/protocol.ts';
import type { JobRuntime, Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { newJobRuntime, type LiveIntegration, type LiveJob } from './live-job.ts';
import { freeId } from './slug.ts';

/**
 * What the person declared: integrations and jobs, in memory and in the store. A change is checked, made durable,
 * taken over in memory and told, in this order; whoever is told acts on it before the caller gets its answer.
 */
export interface CatalogDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  readonly events: Pick<EventHub, 'emit'>;
  readonly checkIntegration: (integration: Integration) => Promise<readonly CheckProblem[]>;
  readonly checkJob: (job: JobDefinition, created: boolean) => Promise<readonly CheckProblem[]>;
  /** The declared API changed: the network thread has to know before the next run. */
  readonly onIntegration: (integration: LiveIntegration) => void;
  /** `before`: the job's due instants up to now are settled by its old declaration; `after`: armed anew. */
  readonly onJob: {
    readonly before: (job: LiveJob) => Promise<void>;
    readonly after: (id: string) => void;
  };
  readonly cancelRuns: (jobId: string) => Promise<void>;
}

export class Catalog {
  readonly integrations = new Map<string, LiveIntegration>();
  readonly jobs = new Map<string, LiveJob>();
  readonly #deps: CatalogDeps;
  #nextPlanId = 1;

  constructor(deps: CatalogDeps) {
    this.#deps = deps;
  }

  /** Takes over what the store holds; done once, before anything runs. */
  load(integrations: readonly Integration[], jobs: readonly LiveJob[]): void {
    for (const integration of integrations) this.#adopt(integration, true);
    for (const job of jobs) this.jobs.set(job.definition.id, job);
  }

  integration(id: string): LiveIntegration {
    const found = this.integrations.get(id);
    if (!found) throw notFound('integration', id);
    return found;
  }

  job(id: string): LiveJob {
    const found = this.jobs.get(id);
    if (!found) throw notFound('job', id);
    return found;
  }

  /** The integration as it would be stored, without storing it. */
  fillIntegration(draft: IntegrationDraft, before?: Integration): Integration {
    const { createdAt: _created, updatedAt: _updated, ...own } = draft;
    const now = toIso(this.#deps.clock.now());
    return {
      ...own,
      id:
        before?.id ??
        freeId(draft.id, draft.name, 'integration', (id) => this.integrations.has(id)),
      request: {
        ...own.request,
        idempotent: own.request.idempotent ?? isIdempotent(own.request.method),
      },
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
  }

  async createIntegration(draft: IntegrationDraft): Promise<Integration> {
    const integration = this.fillIntegration(draft);
    refuse(await this.#deps.checkIntegration(integration));
    if (this.integrations.has(integration.id)) throw taken('integration', integration.id);
    await this.#storeIntegration(integration, []);
    return integration;
  }

  async updateIntegration(id: string, draft: IntegrationDraft): Promise<Integration> {
    const before = this.integration(id).definition;
    const integration = this.fillIntegration(draft, before);
    refuse(await this.#deps.checkIntegration(integration));
    // What was read under another declaration proves nothing about this one.
    await this.#storeIntegration(integration, [{ kind: 'validators.drop', integrationId: id }]);
    return integration;
  }

  async deleteIntegration(id: string, cascade: boolean, data: 'keep' | 'delete'): Promise<void> {
    this.integration(id);
    const users = [...this.jobs.values()].filter((job) => job.definition.integrationId === id);
    if (users.length > 0 && !cascade) {
      const names = users
        .slice(0, 5)
        .map((job) => `'${job.definition.id}'`)
        .join(', ');
      throw new PontualError(
        'conflict',
        `Integration '${id}' is used by ${users.length} job(s): ${names}. Delete them first, or ask for cascade=true.`,
      );
    }
    for (const job of users) await this.deleteJob(job.definition.id);
    await this.#deps.store.commit([{ kind: 'integration.delete', id, data }]);
    this.integrations.delete(id);
    this.#deps.events.emit('integration.changed', { integrationId: id, deleted: true });
  }

  async createJob(draft: JobDraft): Promise<LiveJob> {
    const now = this.#deps.clock.now();
    const definition: JobDefinition = {
      ...withoutServerFields(draft),
      id: freeId(draft.id, draft.name, 'job', (id) => this.jobs.has(id)),
      createdAt: toIso(now),
      updatedAt: toIso(now),
    };
    await this.#checkJob(definition, true);
    if (this.jobs.has(definition.id)) throw taken('job', definition.id);
    const runtime = newJobRuntime(definition.schedule, now);
    await this.#deps.store.commit([{ kind: 'job.put', job: definition, runtime }]);
    const job: LiveJob = {
      definition,
      runtime,
      watermark: null,
      lastRun: null,
      openSpan: null,
    };
    this.jobs.set(definition.id, job);
    this.#told(definition.id, false);
    return job;
  }

  async updateJob(id: string, draft: JobDraft): Promise<LiveJob> {
    const job = this.job(id);
    const definition: JobDefinition = {
      ...withoutServerFields(draft),
      id,
      createdAt: job.definition.createdAt,
      updatedAt: toIso(this.#deps.clock.now()),
    };
    await this.#checkJob(definition, false);
    await this.#deps.onJob.before(job);
    // Instants of the new schedule count from the change on.
    const coveredSince = this.#deps.clock.now();
    const isNewTime =
      definition.schedule.kind === 'one-time' &&
      !isDeepStrictEqual(definition.schedule, job.definition.schedule);
    const coveredUntil = isNewTime
      ? initialCoverage(definition.schedule, coveredSince)
      : Math.max(job.runtime.coveredUntil, coveredSince);
    const runtime: JobRuntime = { ...job.runtime, coveredUntil, coveredSince };
    await this.#deps.store.commit([{ kind: 'job.put', job: definition, runtime }]);
    job.definition = definition;
    job.runtime = { ...job.runtime, coveredUntil, coveredSince };
    job.openSpan = null;
    this.#told(id, false);
    return job;
  }

  async deleteJob(id: string): Promise<void> {
    const job = this.job(id);
    this.jobs.delete(id);
    this.#deps.onJob.after(id);
    try {
      await this.#deps.cancelRuns(id);
      await this.#deps.store.commit([{ kind: 'job.delete', id }]);
    } catch (error) {
      this.jobs.set(id, job);
      this.#deps.onJob.after(id);
      throw error;
    }
    this.#deps.events.emit('job.changed', { jobId: id, deleted: true });
  }

  /** Changes what the program knows of a job. */
  async patchRuntime(
    job: LiveJob,
    patch: Partial<JobRuntime>,
    also: readonly Op[] = [],
  ): Promise<void> {
    await this.#deps.store.commit([{ kind: 'job.runtime', id: job.definition.id, patch }, ...also]);
    job.runtime = { ...job.runtime, ...patch };
    this.#told(job.definition.id, false);
  }

  async #storeIntegration(integration: Integration, also: readonly Op[]): Promise<void> {
    await this.#deps.store.commit([{ kind: 'integration.put', integration }, ...also]);
    this.#deps.onIntegration(this.#adopt(integration, false));
    this.#deps.events.emit('integration.changed', {
      integrationId: integration.id,
      deleted: false,
    });
  }

  #adopt(definition: Integration, mayHaveValidators: boolean): LiveIntegration {
    const live = { definition, planId: this.#nextPlanId++, mayHaveValidators };
    this.integrations.set(definition.id, live);
    return live;
  }

  async #checkJob(definition: JobDefinition, created: boolean): Promise<void> {
    if (!this.integrations.has(definition.integrationId))
      throw unknownReference(
        'integrationId',
        `There is no integration '${definition.integrationId}'.`,
      );
    for (const [index, id] of definition.after.entries())
      if (id === definition.id || !this.jobs.has(id))
        throw unknownReference(
          `after.${index}`,
          id === definition.id ? 'A job cannot wait for itself.' : `There is no job '${id}'.`,
        );
    refuse(await this.#deps.checkJob(definition, created));
  }

  #told(jobId: string, deleted: boolean): void {
    this.#deps.onJob.after(jobId);
    this.#deps.events.emit('job.changed', { jobId, deleted });
  }
}

function withoutServerFields(draft: JobDraft) {
  const {
    id: _id,
    state: _state,
    pausedUntil: _until,
    pauseReason: _reason,
    nextRunAt: _next,
    lastRun: _last,
    createdAt: _created,
    updatedAt: _updated,
    ...own
  } = draft;
  return own;
}

function refuse(problems: readonly CheckProblem[]): void {
  if (problems.length === 0) return;
  const details = problems.map(({ path, message }) => ({ path, message }));
  const references = problems.every((problem) => problem.code === 'unknown-reference');
  if (!references) throw invalid(details);
  throw new PontualError('unknown-reference', invalid(details).message, { details });
}

function taken(what: string, id: string): PontualError {
  return new PontualError('conflict', `There is already a ${what} '${id}'. Choose another id.`);
}

function unknownReference(path: string, message: string): PontualError {
  return new PontualError('unknown-reference', `${path}: ${message}`, {
    details: [{ path, message }],
  });
}
