import { move, transferableSymbol, valueSymbol } from 'piscina';
import { assertNever } from '../../../shared/assert-never.ts';
import { asError } from '../../../shared/errors.ts';
import { systemClock } from '../clock.ts';
import { tryImport } from '../importers/import-integration.ts';
import { processPage } from '../validator/page.ts';
import { replay } from '../validator/replay.ts';
import { suggest } from '../validator/suggest/suggest.ts';
import type { ComputeOutcome, ComputeTask } from './compute-task.ts';

/** Entry of a compute thread: one task after the other, nothing kept but what was compiled. */
export default function run(task: ComputeTask): unknown {
  try {
    const result = work(task);
    const outcome: ComputeOutcome<typeof result> = { kind: 'done', result };
    const batch = batchOf(result);
    return batch === null ? outcome : handedOver(outcome, batch.buffer);
  } catch (thrown) {
    const { stack, message } = asError(thrown);
    return { kind: 'threw', message: stack ?? message } satisfies ComputeOutcome<never>;
  }
}

function work(task: ComputeTask) {
  switch (task.kind) {
    case 'page':
      return processPage(task.request, systemClock);
    case 'replay':
      return replay(task.request, systemClock);
    case 'suggest':
      return suggest(task.request);
    case 'import':
      return tryImport(task.request);
    default:
      return assertNever(task);
  }
}

function batchOf(result: ReturnType<typeof work>): Uint8Array | null {
  if ('batch' in result) return result.batch;
  return 'page' in result ? result.page.batch : null;
}

/** The packed records leave without being copied. */
function handedOver(outcome: unknown, buffer: ArrayBufferLike): unknown {
  return move({ [transferableSymbol]: [buffer], [valueSymbol]: outcome } as never);
}
