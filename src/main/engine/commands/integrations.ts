import type { ContractHandlers } from '../../../shared/contract.ts';
import type { Catalog } from '../jobs/catalog.ts';
import { PontualError } from '../../../shared/errors.ts';
import { say, type Told } from '../../../shared/sentences.ts';
import type { TestRequest, TemplateContext } from '../pool/protocol.ts';
import type { Answer, Question } from '../pool/questions.ts';
import type { TestResult } from '../../../shared/test-result.ts';
import { toIso, type Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { pageById } from './paging.ts';
import { storedChanges } from './stored-changes.ts';

type Names = keyof ContractHandlers & `integrations.${string}`;

export interface IntegrationCommandDeps {
  readonly clock: Clock;
  readonly catalog: Catalog;
  readonly store: Pick<Store, 'query'>;
  readonly test: (request: Omit<TestRequest, 'testId'>) => Promise<TestResult>;
  readonly ask: (question: Question) => Promise<Answer>;
}

export function integrationCommands(deps: IntegrationCommandDeps): Pick<ContractHandlers, Names> {
  const { catalog } = deps;
  return {
    'integrations.list': async ({ q, ...list }) => {
      const all = [...catalog.integrations.values()].map((live) => live.definition);
      return pageById(all, list, (item) => matches(q, item.id, item.name, item.request.url));
    },
    'integrations.create': (draft) => catalog.createIntegration(draft),
    'integrations.get': async ({ id }) => catalog.integration(id).definition,
    'integrations.update': ({ id, ...draft }) => catalog.updateIntegration(id, draft),
    'integrations.delete': async ({ id, cascade, data }) => {
      await catalog.deleteIntegration(id, cascade, data);
      return null;
    },
    'integrations.test': async ({ integration: draft, maxPages }) => {
      const known = draft.id === undefined ? undefined : catalog.integrations.get(draft.id);
      const integration = catalog.fillIntegration(draft, known?.definition);
      const template = testTemplate(deps.clock, integration);
      const result = await deps.test({ integration, maxPages, template });
      const changes = await storedChanges(deps.store, draft.id ?? '', result.records);
      return { ...result, counts: { ...result.counts, ...changes } };
    },
    'integrations.import': async (request) => {
      const answer = await deps.ask({ kind: 'import', request });
      if (answer.kind === 'imported')
        return { integration: answer.integration, report: [...answer.report] };
      if (answer.kind === 'refused')
        throw new PontualError('validation', answer, { details: answer.details });
      throw new PontualError('internal', answerProblem(answer));
    },
  };
}

/** Why there is no such answer as was wanted. */
export function answerProblem(answer: Answer): Told {
  return answer.kind === 'failed' ? answer.error : say('ownFault', { why: answer.kind });
}

/** A test runs for nobody: its templates see the time and empty fields. */
function testTemplate(clock: Clock, { id, name }: { id: string; name: string }): TemplateContext {
  return {
    now: toIso(clock.now()),
    scheduledFor: null,
    lastSuccess: null,
    instance: 1,
    instances: 1,
    job: { id, name },
    context: { marketplace: null, category: null, region: null },
    input: {},
  };
}

/** Whether every word of `q` is in one of the texts, whatever its case. */
export function matches(q: string | undefined, ...texts: readonly string[]): boolean {
  if (!q) return true;
  const all = texts.join('\n').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
