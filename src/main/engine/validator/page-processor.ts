import { assertNever } from '../../../shared/assert-never.ts';
import { asError } from '../../../shared/errors.ts';
import type { RunError } from '../../../shared/run.ts';
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
    return refusedPage(brokenProgram(asError(thrown).message), {
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
  unsafe: readonly string[],
): RunError {
  switch (outcome.kind) {
    case 'timed-out':
      return {
        code: 'compute-time',
        kind: 'limit',
        message: `Reading and checking this page took longer than ${timeLimitMs} ms and was stopped${because(unsafe)}.`,
      };
    case 'died':
      return outcome.outOfMemory
        ? {
            code: 'compute-memory',
            kind: 'limit',
            message: 'This page needs more memory than one page may take; ask for smaller pages.',
          }
        : {
            code: 'compute-died',
            kind: 'transient',
            message: `The thread that read this page ended unexpectedly: ${outcome.message}.`,
          };
    case 'threw':
      return brokenProgram(outcome.message);
    default:
      return assertNever(outcome);
  }
}

function because(unsafe: readonly string[]): string {
  return unsafe.length === 0 ? '' : ` (what may take long: ${unsafe.join('; ')})`;
}

function brokenProgram(message: string): RunError {
  return {
    code: 'validator',
    kind: 'internal',
    message: `The validator failed, which is a fault of this program: ${message}`,
  };
}
