import { notFound } from '../../../shared/errors.ts';
import {
  isIdempotent,
  type Integration,
  type IntegrationDraft,
} from '../../../shared/integration.ts';
import { declaredIn, type JobDefinition, type JobDraft } from '../../../shared/job.ts';
import { waitedForFirst } from '../../../shared/job-order.ts';
import { toIso, type Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { CheckProblem } from '../pool/protocol.ts';
import type { JobRuntime, Op } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { Turns } from '../turns.ts';
import { checkReferences, coverageOf } from './job-definition.ts';
import {
  isPaused,
  type LiveIntegration,
  type LiveJob,
  newJobRuntime,
  NO_PAUSE_REASON,
} from './live-job.ts';
import { NewIds, type Kind } from './new-ids.ts';
import { jobsAfter } from './order.ts';
import { inUse, refuse, waitedFor } from './refusals.ts';

/**
 * What the person declared: integrations and jobs, in memory and in the store. A change is checked, made durable,
 * taken over in memory and told, in this order; whoever is told acts on it before the caller gets its answer.
 */
export interface CatalogDeps {
  readonly clock: Clock;
  readonly store: Pick<Store, 'commit'>;
  readonly events: Pick<EventHub, 'emit'>;
  /** `users`: the jobs that run it as they are. */
  readonly checkIntegration: (
    integration: Integration,
    users: readonly JobDefinition[],
  ) => Promise<readonly CheckProblem[]>;
  readonly checkJob: (job: JobDefinition, created: boolean) => Promise<readonly CheckProblem[]>;
  readonly onIntegration: {
    /** The declared API is new or changed: the network thread has to know before the next run. */
    readonly declared: (integration: LiveIntegration) => void;
    /** No run begins by that plan any more. */
    readonly gone: (planId: number) => void;
  };
  /**
   * `before`: what is due up to now is settled by the old declaration; resolves with the instant up to which that is
   * so, and nothing more is planned until `after`, which always follows.
   */
  readonly onJob: {
    readonly before: (job: LiveJob) => Promise<number>;
    readonly after: (id: string) => void;
    /** The job is new, or something of it changed that its due instants do not depend on. */
    readonly changed: (id: string) => void;
  };
  readonly cancelRuns: (jobId: string) => Promise<void>;
}

export class Catalog {
  readonly integrations = new Map<string, LiveIntegration>();
  readonly jobs = new Map<string, LiveJob>();
  readonly #deps: CatalogDeps;
  /** An integration's turn is taken before that of a job, and that before `ORDER`: never the other way round. */
  readonly #turns = new Turns();
  readonly #integrationIds = new NewIds('integration', this.integrations);
  readonly #jobIds = new NewIds('job', this.jobs);
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
      id: before?.id ?? this.#integrationIds.free(draft),
      request: {
        ...own.request,
        idempotent: own.request.idempotent ?? isIdempotent(own.request.method),
      },
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
    };
  }

  createIntegration(draft: IntegrationDraft): Promise<Integration> {
    const integration = this.fillIntegration(draft);
    const { id } = integration;
    return this.#integrationIds.make(id, () =>
      this.#turns.take(turnOf('integration', id), async () => {
        refuse(await this.#deps.checkIntegration(integration, []));
        await this.#storeIntegration(integration, []);
        return integration;
      }),
    );
  }

  updateIntegration(id: string, draft: IntegrationDraft): Promise<Integration> {
    return this.#turns.take(turnOf('integration', id), async () => {
      const before = this.integration(id).definition;
      const integration = this.fillIntegration(draft, before);
      refuse(await this.#deps.checkIntegration(integration, this.#usersOf(id)));
      // What was read under another declaration proves nothing about this one.
      await this.#storeIntegration(integration, [{ kind: 'validators.drop', integrationId: id }]);
      return integration;
    });
  }

  deleteIntegration(id: string, cascade: boolean, data: 'keep' | 'delete'): Promise<void> {
    return this.#turns.take(turnOf('integration', id), async () => {
      const { planId } = this.integration(id);
      const all = this.#definitions();
      const users = this.#usersOf(id);
      if (users.length > 0 && !cascade) throw inUse(id, users);
      for (const job of users) {
        const others = jobsAfter(job.id, all).filter(({ integrationId }) => integrationId !== id);
        if (others.length > 0) throw waitedFor(job.id, others);
      }
      for (const job of lastFirst(users)) await this.deleteJob(job.id);
      await this.#deps.store.commit([{ kind: 'integration.delete', id, data }]);
      this.integrations.delete(id);
      this.#deps.onIntegration.gone(planId);
      this.#deps.events.emit('integration.changed', { integrationId: id, deleted: true });
    });
  }

  createJob(draft: JobDraft): Promise<LiveJob> {
    const now = this.#deps.clock.now();
    const id = this.#jobIds.free(draft);
    const dates = { createdAt: toIso(now), updatedAt: toIso(now) };
    const definition = { ...declaredIn(draft), id, ...dates };
    const create = async () => {
      await this.#checkJob(definition, true);
      const runtime = newJobRuntime(definition.schedule, now);
      await this.#deps.store.commit([{ kind: 'job.put', job: definition, runtime }]);
      const job = { definition, runtime, watermark: null, lastRun: null, openSpan: null };
      this.jobs.set(id, job);
      this.#deps.onJob.changed(id);
      this.#deps.events.emit('job.changed', { jobId: id, deleted: false });
      return job;
    };
    return this.#jobIds.make(id, () =>
      // So that the integration is not deleted between the look at it and the job's row.
      this.#turns.take(turnOf('integration', definition.integrationId), () =>
        // Its last bearer may still be on its way out.
        this.#turns.take(turnOf('job', id), () => this.#takeOrder(definition, create)),
      ),
    );
  }

  updateJob(id: string, draft: JobDraft): Promise<LiveJob> {
    return this.#turns.take(turnOf('integration', draft.integrationId), () =>
      this.#change(id, (job, settle) =>
        this.#takeOrder(draft, async () => {
          const { createdAt } = job.definition;
          const updatedAt = toIso(this.#deps.clock.now());
          const definition = { ...declaredIn(draft), id, createdAt, updatedAt };
          await this.#checkJob(definition, false);
          // Instants of the new schedule count from the change on.
          const coveredSince = await settle();
          const coverage = {
            coveredSince,
            coveredUntil: coverageOf(definition, job, coveredSince),
          };
          const runtime: JobRuntime = { ...job.runtime, ...coverage };
          await this.#deps.store.commit([{ kind: 'job.put', job: definition, runtime }]);
          job.definition = definition;
          job.runtime = { ...job.runtime, ...coverage };
          job.openSpan = null;
        }),
      ),
    );
  }

  /** Refused while others run after it: they would never run again. */
  deleteJob(id: string): Promise<void> {
    return this.#turns.take(turnOf('job', id), async () => {
      const job = this.job(id);
      this.#refuseWhileWaitedFor(id);
      await this.#deps.onJob.before(job);
      try {
        await this.#turns.take(ORDER, () => this.#takeOut(id));
        await this.#deps.cancelRuns(id);
        await this.#deps.store.commit([{ kind: 'job.delete', id }]);
      } catch (error) {
        this.jobs.set(id, job);
        throw error;
      } finally {
        this.#deps.onJob.after(id);
      }
      this.#deps.events.emit('job.changed', { jobId: id, deleted: true });
    });
  }

  /** Pauses until `until` (epoch ms), or until it is resumed. What is paused already goes on being so. */
  pauseJob(id: string, until: number | null, reason: string | null): Promise<LiveJob> {
    return this.#change(id, async (job, settle) => {
      const since = isPaused(job) ? {} : { pausedAt: await settle() };
      await this.#patchRuntime(job, {
        state: 'paused',
        ...since,
        pausedUntil: until,
        pauseReason: reason,
        pauseSays: null,
      });
    });
  }

  /** Its policy for missed runs then decides what is caught up. */
  resumeJob(id: string): Promise<LiveJob> {
    return this.#change(id, async (job) => {
      if (!isPaused(job)) return;
      const pausedUntil = this.#deps.clock.now();
      const fresh = { failuresInRow: 0, configErrorsInRow: 0 };
      await this.#patchRuntime(job, { state: 'enabled', pausedUntil, ...fresh });
    });
  }

  /** The pause of the job has come to its end. */
  endPause(id: string): Promise<LiveJob> {
    return this.#change(id, async (job) => {
      if (job.runtime.state !== 'paused') return;
      await this.#patchRuntime(job, { state: 'enabled', ...NO_PAUSE_REASON });
    });
  }

  /** One change of a job at a time. `settle` covers what is due; after it, nothing is planned until the end. */
  #change(
    id: string,
    change: (job: LiveJob, settle: () => Promise<number>) => Promise<void>,
  ): Promise<LiveJob> {
    return this.#turns.take(turnOf('job', id), async () => {
      const job = this.job(id);
      const planning = { isHeld: false };
      const settle = async () => {
        const until = await this.#deps.onJob.before(job);
        planning.isHeld = true;
        return until;
      };
      try {
        await change(job, settle);
      } finally {
        if (planning.isHeld) this.#deps.onJob.after(id);
      }
      if (!planning.isHeld) this.#deps.onJob.changed(id);
      this.#deps.events.emit('job.changed', { jobId: id, deleted: false });
      return job;
    });
  }

  #takeOut(id: string): Promise<void> {
    this.#refuseWhileWaitedFor(id);
    this.jobs.delete(id);
    return Promise.resolve();
  }

  #refuseWhileWaitedFor(id: string): void {
    const after = jobsAfter(id, this.#definitions());
    if (after.length > 0) throw waitedFor(id, after);
  }

  #usersOf(integration: string): JobDefinition[] {
    return this.#definitions().filter(({ integrationId }) => integrationId === integration);
  }

  #definitions(): JobDefinition[] {
    return [...this.jobs.values()].map(({ definition }) => definition);
  }

  async #patchRuntime(job: LiveJob, patch: Partial<JobRuntime>): Promise<void> {
    await this.#deps.store.commit([{ kind: 'job.runtime', id: job.definition.id, patch }]);
    job.runtime = { ...job.runtime, ...patch };
  }

  async #storeIntegration(integration: Integration, also: readonly Op[]): Promise<void> {
    await this.#deps.store.commit([{ kind: 'integration.put', integration }, ...also]);
    const before = this.integrations.get(integration.id);
    this.#deps.onIntegration.declared(this.#adopt(integration, false));
    if (before) this.#deps.onIntegration.gone(before.planId);
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
    checkReferences(definition, this.integrations, this.jobs);
    refuse(await this.#deps.checkJob(definition, created));
  }

  /** Two jobs that are saved at once must not close a circle that neither sees. */
  #takeOrder<T>({ after }: Pick<JobDefinition, 'after'>, change: () => Promise<T>): Promise<T> {
    return after.length === 0 ? change() : this.#turns.take(ORDER, change);
  }
}

/** The turn in which the changes of one thing are made. */
function turnOf(what: Kind, id: string): string {
  return `${what} ${id}`;
}

/** The turn in which jobs are put behind one another. */
const ORDER = 'order of jobs';

/** Each job before those that it runs after. */
function lastFirst(jobs: readonly JobDefinition[]): JobDefinition[] {
  return waitedForFirst(
    jobs,
    ({ id }) => id,
    ({ after }) => after,
  ).reverse();
}
