import type { Integration, IntegrationDraft } from '../../../shared/integration.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { RunError } from '../../../shared/run.ts';
import { say, type Said, type Sentence, type Told } from '../../../shared/sentences.ts';
import type { ImportRequest } from '../importers/import-integration.ts';
import type { ReportLine } from '../importers/import-report.ts';
import type { PlanRules } from '../validator/page-types.ts';
import type { ReplayItem, ReplayResult } from '../validator/replay.ts';
import type { Compute, ComputeOutcome } from './compute-task.ts';

/**
 * What the main thread asks to have worked out: pure computation over what a person gave or what the store holds. It
 * is done in the compute pool, because the texts may be large and the rules are a person's.
 */
export type Question =
  | { readonly kind: 'import'; readonly request: ImportRequest }
  | {
      readonly kind: 'replay';
      readonly integration: Integration;
      readonly items: readonly ReplayItem[];
    };

export type Answer =
  | {
      readonly kind: 'imported';
      readonly integration: IntegrationDraft;
      readonly report: readonly ReportLine[];
    }
  /** The text cannot be used; the sentences are for the person. */
  | ({ readonly kind: 'refused'; readonly details: readonly Problem[] } & Told)
  | { readonly kind: 'replayed'; readonly result: ReplayResult }
  | { readonly kind: 'failed'; readonly error: RunError };

/** What the compute pool says of an import. */
export type ImportAnswer = Extract<Answer, { kind: 'imported' | 'refused' }>;

/** A person waits for the answer. */
const TIME_LIMIT_MS = 30_000;

/** Never rejects: what went wrong is the answer. */
export async function answerQuestion(
  question: Question,
  compute: Compute,
  prepareRules: (integration: Integration) => PlanRules,
): Promise<Answer> {
  const options = { timeLimitMs: TIME_LIMIT_MS };
  try {
    if (question.kind === 'import') {
      const outcome = await compute.run('import', question.request, options);
      return outcome.kind === 'done' ? outcome.result : failed(outcome);
    }
    const rules = prepareRules(question.integration);
    const outcome = await compute.run('replay', { rules, items: question.items }, options);
    return outcome.kind === 'done' ? { kind: 'replayed', result: outcome.result } : failed(outcome);
  } catch {
    return notAnswered(say('programStopping').says);
  }
}

/** The thread that was asked is gone. */
export function notAnswered(why: string | Said): Answer {
  return failure('internal', say('noAnswer', { why }));
}

function failed(outcome: Exclude<ComputeOutcome<unknown>, { kind: 'done' }>): Answer {
  if (outcome.kind === 'timed-out')
    return failure('limit', say('tookTooLong', { seconds: TIME_LIMIT_MS / 1000 }));
  return failure('internal', say('notWorkedOut', { why: outcome.message }));
}

function failure(kind: RunError['kind'], sentence: Sentence): Answer {
  return { kind: 'failed', error: { code: 'no-answer', kind, ...sentence } };
}
