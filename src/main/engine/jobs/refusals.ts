import { atPlace, invalid, PontualError } from '../../../shared/errors.ts';
import type { JobDefinition } from '../../../shared/job.ts';
import { type Part, say, type Sentence } from '../../../shared/sentences.ts';
import type { CheckProblem } from '../pool/protocol.ts';

/** Why a declaration, or its deletion, is refused: in sentences that say what to do instead. */

/** Throws `unknown-reference` when that is all that is wrong, else `validation`; nothing without problems. */
export function refuse(problems: readonly CheckProblem[]): void {
  if (problems.length === 0) return;
  const details = problems.map(({ path, message, says }) => ({ path, message, says }));
  const references = problems.every((problem) => problem.code === 'unknown-reference');
  if (!references) throw invalid(details);
  throw new PontualError('unknown-reference', invalid(details), { details });
}

export function taken(what: 'job' | 'integration', id: string): PontualError {
  return conflict(say(what === 'job' ? 'takenJob' : 'takenIntegration', { id }));
}

/** An integration that jobs collect. */
export function inUse(id: string, users: readonly JobDefinition[]): PontualError {
  return conflict(say('inUse', { id, count: users.length, jobs: namesOf(users) }));
}

/** A job that others run after: without it they would never run again. */
export function waitedFor(id: string, by: readonly JobDefinition[]): PontualError {
  const key = by.length === 1 ? 'waitedForByOne' : 'waitedForByMany';
  return conflict(say(key, { id, jobs: namesOf(by) }));
}

export function unknownReference(path: string, sentence: Sentence): PontualError {
  const problem = { path, ...sentence };
  return new PontualError('unknown-reference', atPlace(problem), { details: [problem] });
}

function conflict(sentence: Sentence): PontualError {
  return new PontualError('conflict', sentence);
}

const MOST_NAMES = 5;

/** The first few of them. */
export function namesOf(jobs: readonly JobDefinition[]): Part {
  const names = jobs.slice(0, MOST_NAMES).map(({ id }) => `'${id}'`);
  const others = jobs.length - names.length;
  const named = names.join(', ');
  return others > 0 ? say('andMore', { names: named, count: others }).says : named;
}
