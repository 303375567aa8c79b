import { describe, expect, it } from 'vitest';
import { startApiServer, type ApiAnswer } from '../support/api-server.ts';
import { startTestEngine } from '../support/test-engine.ts';

/** A test of an API that answers like this, one answer a test. */
async function tester(answers: readonly ApiAnswer[]) {
  const api = await startApiServer((_request, number) => answers[number - 1] ?? {});
  const { call } = await startTestEngine();
  const test = () =>
    call('integrations.test', { integration: { name: 'Odd', request: { url: api.url } } });
  return { api, test };
}

describe('A test of an integration', () => {
  it('says at once that the API does not want to be called now, instead of waiting for it', async () => {
    const { api, test } = await tester([{ status: 429, headers: { 'retry-after': '120' } }]);
    expect((await test()).error).toMatchObject({ status: 429, retryAfterMs: 120_000 });
    const second = await test();
    expect(second.error?.code).toBe('origin-barred');
    expect(second.error?.message).toMatch(/asked not to be called for 1(19|20) s\.$/);
    expect(second.pages).toEqual([]);
    // Whoever stopped waiting does not stand in the line any more.
    expect((await test()).error?.code).toBe('origin-barred');
    expect(api.requests).toHaveLength(1);
  });

  it('says what is no list of records: nothing at all, and values one a line', async () => {
    const body = '{"id":1}\n{"id":2}\n';
    const { test } = await tester([{ status: 204 }, { body }]);
    const empty = await test();
    expect(empty).toMatchObject({ error: null, records: [] });
    expect(empty.hints).toEqual(['204: the API answered that there is no data.']);
    expect((await test()).error).toMatchObject({
      code: 'body-type',
      message: expect.stringContaining('one a line (JSON lines)') as string,
      excerpt: body.trim(),
    });
  });
});
