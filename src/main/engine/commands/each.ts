import { asError, PontualError } from '../../../shared/errors.ts';
import type { Results } from '../../../shared/operations.ts';
import { say, toldBy } from '../../../shared/sentences.ts';

/**
 * Does the same for each id, one after the other, and tells what became of each. A named error is an answer; anything
 * else is one too, for the others shall not suffer from it, but says only that it was ours.
 */
export async function forEach(
  ids: readonly string[],
  act: (id: string) => Promise<readonly string[]>,
): Promise<Results> {
  const results: Results['results'] = [];
  for (const id of new Set(ids)) {
    try {
      results.push({ id, ok: true, error: null, runIds: [...(await act(id))] });
    } catch (error) {
      results.push({ id, ok: false, error: toBody(asError(error)), runIds: [] });
    }
  }
  return { results };
}

function toBody(error: Error): Results['results'][number]['error'] {
  if (error instanceof PontualError) return error.told;
  return error.name === 'StoreUnavailable'
    ? { code: 'degraded', ...toldBy(error), details: [] }
    : { code: 'internal', ...say('ownFaultInLog'), details: [] };
}
