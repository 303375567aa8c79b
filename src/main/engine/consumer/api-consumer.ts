import type { Integration } from '../../../shared/integration.ts';
import { say } from '../../../shared/sentences.ts';
import type { AttemptEnd, AttemptRequest } from '../pool/protocol.ts';
import { createPlan, type PlanOrError, type PlanServices } from './api-plan.ts';
import type { Consumer, SourceReader } from './consumer.ts';
import { configError, runError } from './errors.ts';
import type { Lifetime } from './lifetime.ts';
import { Reading, type ReadServices } from './reading.ts';
import { evaluateCondition, firstLine } from './template.ts';

export interface ApiServices extends ReadServices, PlanServices {}

/** The consumer of HTTP APIs. */
export class ApiConsumer implements Consumer {
  readonly #services: ApiServices;
  readonly #plans = new Map<number, PlanOrError>();

  constructor(services: ApiServices) {
    this.#services = services;
  }

  plan(planId: number, integration: Integration): void {
    const made = createPlan(planId, integration, this.#services);
    this.#plans.set(planId, made);
    if (made.ok && made.plan.home !== null)
      this.#services.gate.origin(made.plan.home.origin).declare(planId, integration);
  }

  forget(planId: number): void {
    this.#plans.delete(planId);
    this.#services.gate.withdraw(planId);
    this.#services.fieldMemory.forget(planId);
  }

  open(request: AttemptRequest, life: Lifetime): SourceReader {
    const early = this.#endBefore(request);
    if (early !== null) return endingWith(early);
    const made = this.#plans.get(request.planId);
    if (made?.ok === true) return new Reading(made.plan, request, life, this.#services);
    return endingWith({ kind: 'failed', error: made?.error ?? NO_PLAN, page: null });
  }

  /** The job's condition, before anything is sent. */
  #endBefore({ condition, template }: AttemptRequest): AttemptEnd | null {
    if (condition === null) return null;
    try {
      return evaluateCondition(condition, template) ? null : { kind: 'condition-false' };
    } catch (error) {
      const told = configError('bad-condition', say('conditionFails', { why: firstLine(error) }));
      return { kind: 'failed', error: told, page: null };
    }
  }
}

function endingWith(end: AttemptEnd): SourceReader {
  return { next: () => ({ page: null, end, cpuMs: 0 }) };
}

const NO_PLAN = runError('no-plan', 'internal', say('noPlan'));
