import { describe, expect, it } from 'vitest';
import { entityTag, isKnown } from '../../../src/main/server/entity-tag.ts';
import { startSampleServer } from '../../support/sample-server.ts';

describe('the name of an answer', () => {
  it('is the same for the same content alone', () => {
    expect(entityTag('{"a":1}')).toBe(entityTag('{"a":1}'));
    expect(entityTag('{"a":1}')).not.toBe(entityTag('{"a":2}'));
    expect(entityTag('é')).toMatch(/^"[\w-]{27}"$/);
  });

  it.each([
    [undefined, false],
    ['"x"', true],
    ['W/"x"', true],
    ['"y", "x"', true],
    ['*', true],
    ['x', false],
    ['"y"', false],
  ])('is recognised in If-None-Match: %s', (header, known) => {
    expect(isKnown('"x"', header)).toBe(known);
  });

  it('is on what is read, and saves sending it again', async () => {
    const { call } = await startSampleServer();
    const first = await call('/api/v1/things?limit=7');
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toBe(entityTag(await first.text()));
    const again = await call('/api/v1/things?limit=7', { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    const other = await call('/api/v1/things?limit=8', { headers: { 'if-none-match': tag } });
    expect(other.status).toBe(200);
  });
});
