import type { Integration } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import type { AttemptEnd, AttemptRequest } from '../pool/protocol.ts';
import { createPlan, type PlanOrError, type PlanServices } from './api-plan.ts';
import type { Consumer, ReadStep } from './consumer.ts';
import { configError } from './errors.ts';
import type { Lifetime } from './lifetime.ts';
import { Reading, type ReadServices } from './reading.ts';
import { evaluateCondition } from './template.ts';

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
  }

  read(request: AttemptRequest, life: Lifetime): AsyncIterable<ReadStep> {
    const early = this.#endBefore(request);
    if (early !== null) return once({ page: null, end: early, cpuMs: 0 });
    const made = this.#plans.get(request.planId);
    if (made?.ok !== true) return once(failed(made?.error ?? noPlan()));
    return new Reading(made.plan, request, life, this.#services).steps();
  }

  /** The job's condition, before anything is sent. */
  #endBefore({ condition, template }: AttemptRequest): AttemptEnd | null {
    if (condition === null) return null;
    try {
      return evaluateCondition(condition, template) ? null : { kind: 'condition-false' };
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
      const told = configError('bad-condition', `The condition cannot be evaluated: ${why}`);
      return { kind: 'failed', error: told, page: null };
    }
  }
}

async function* once(step: ReadStep): AsyncGenerator<ReadStep, void, undefined> {
  await Promise.resolve();
  yield step;
}

function failed(error: RunError): ReadStep {
  return { page: null, end: { kind: 'failed', error, page: null }, cpuMs: 0 };
}

function noPlan(): RunError {
  return {
    code: 'no-plan',
    kind: 'internal',
    message: 'The integration of this run is not known here.',
  };
}
