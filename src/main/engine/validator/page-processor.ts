import { assertNever } from '../../../shared/assert-never.ts';
import type { RunError } from '../../../shared/run.ts';
import { joined, part, say, toldBy, type Said, type Sentence } from '../../../shared/sentences.ts';
import type { Clock } from '../clock.ts';
import type { Compute, ComputeOptions, ComputeOutcome } from '../pool/compute-task.ts';
import { processPage, refusedPage } from './page.ts';
import type { PageRequest, ProcessedPage } from './page-types.ts';
import { placeOfWork } from './rules.ts';

/**
 * What the consumer is given to work on pages: small pages with harmless rules are answered at once, others when the
 * compute pool is done with them. `error` is set for anything that a body, a rule or the time limit did; it rejects
 * only with the signal's reason.
 */
export type ProcessPage = (
  request: PageRequest,
  options: ComputeOptions,
) => ProcessedPage | Promise<ProcessedPage>;

export function createPageProcessor(compute: Compute, clock: Clock): ProcessPage {
  return (request, options) =>
    placeOfWork(request) === 'here'
      ? processHere(request, clock)
      : processElsewhere(request, options, compute, clock);
}

function processHere(request: PageRequest, clock: Clock): ProcessedPage {
  const started = clock.monotonic();
  try {
    return processPage(request, clock);
  } catch (thrown) {
    return refusedPage(brokenProgram(part(toldBy(thrown))), {
      bytes: request.body.byteLength,
      parseMs: clock.monotonic() - started,
    });
  }
}

async function processElsewhere(
  request: PageRequest,
  options: ComputeOptions,
  compute: Compute,
  clock: Clock,
): Promise<ProcessedPage> {
  const started = clock.monotonic();
  const bytes = request.body.byteLength;
  const outcome = await compute.run('page', request, options);
  if (outcome.kind === 'done') return outcome.result;
  const error = errorOf(outcome, options.timeLimitMs, request.rules.unsafe);
  return refusedPage(error, { bytes, parseMs: clock.monotonic() - started });
}

/** Why work in the compute pool brought nothing, for the person. */
export function errorOf(
  outcome: Exclude<ComputeOutcome<unknown>, { kind: 'done' }>,
  timeLimitMs: number,
  unsafe: readonly Said[],
): RunError {
  switch (outcome.kind) {
    case 'timed-out':
      return { code: 'compute-time', kind: 'limit', ...tooSlow(timeLimitMs, unsafe) };
    case 'died':
      return outcome.outOfMemory
        ? { code: 'compute-memory', kind: 'limit', ...say('pageTooMuchMemory') }
        : {
            code: 'compute-died',
            kind: 'transient',
            ...say('pageThreadDied', { why: outcome.message }),
          };
    case 'threw':
      return brokenProgram(outcome.message);
    default:
      return assertNever(outcome);
  }
}

function tooSlow(ms: number, unsafe: readonly Said[]): Sentence {
  return unsafe.length === 0
    ? say('pageTooSlow', { ms })
    : say('pageTooSlowBecause', { ms, why: joined(unsafe, 'semicolon') });
}

function brokenProgram(why: string | Said): RunError {
  return { code: 'validator', kind: 'internal', ...say('validatorFailed', { why }) };
}
