import { asError, PontualError, type ErrorBody } from '../../../shared/errors.ts';
import type { Results } from '../../../shared/operations.ts';

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
  const { code, message, details }: ErrorBody =
    error instanceof PontualError
      ? error.body
      : error.name === 'StoreUnavailable'
        ? { code: 'degraded', message: error.message, details: [] }
        : { code: 'internal', message: 'Something went wrong inside the program.', details: [] };
  return { code, message, details: details.map((detail) => ({ ...detail })) };
}
