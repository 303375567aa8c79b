import { move, transferableSymbol, valueSymbol } from 'piscina';
import { assertNever } from '../../../shared/assert-never.ts';
import { asError } from '../../../shared/errors.ts';
import { systemClock } from '../clock.ts';
import { hasOwnBuffer } from '../own-buffer.ts';
import type { PageRequest } from '../validator/page-types.ts';
import { processPage } from '../validator/page.ts';
import { replay } from '../validator/replay.ts';
import type { ComputeOutcome, ComputeTask } from './compute-task.ts';
import { release } from './release.ts';

/** Entry of a compute thread: one task after the other, nothing kept but what was compiled. */
export default async function run(task: ComputeTask): Promise<unknown> {
  try {
    const result = await work(task);
    const outcome: ComputeOutcome<typeof result> = { kind: 'done', result };
    const batch = batchOf(result);
    return batch === null ? outcome : handedOver(outcome, batch.buffer);
  } catch (thrown) {
    const { stack, message } = asError(thrown);
    return { kind: 'threw', message: stack ?? message } satisfies ComputeOutcome<never>;
  }
}

/** What is rare is loaded when it is asked for: most of these threads only ever see pages. */
async function work(task: ComputeTask) {
  switch (task.kind) {
    case 'page':
      return processBody(task.request);
    case 'replay':
      return replay(task.request, systemClock);
    case 'suggest':
      return (await import('../validator/suggest/suggest.ts')).suggest(task.request);
    case 'import':
      return (await import('../importers/import-integration.ts')).tryImport(task.request);
    default:
      return assertNever(task);
  }
}

/** The body came with its buffer and is of no use afterwards. */
function processBody(request: PageRequest) {
  const page = processPage(request, systemClock);
  if (request.body.byteLength >= LARGE_BYTES && hasOwnBuffer(request.body)) release(request.body);
  return page;
}

const LARGE_BYTES = 1024 * 1024;

function batchOf(result: Awaited<ReturnType<typeof work>>): Uint8Array | null {
  if ('batch' in result) return result.batch;
  return 'page' in result ? result.page.batch : null;
}

/** The packed records leave without being copied. */
function handedOver(outcome: unknown, buffer: ArrayBufferLike): unknown {
  return move({ [transferableSymbol]: [buffer], [valueSymbol]: outcome } as never);
}
