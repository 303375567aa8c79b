import { describe, expect, it } from 'vitest';
import { curlOf } from '../../../src/renderer/runs/curl.ts';
import { integrationSchema, type Integration } from '../../../src/shared/integration.ts';

const url = 'https://api.example.com/items?page=2';

function declared(changes: Record<string, unknown> = {}): Integration {
  const at = '2026-11-20T12:00:00.000Z';
  const { request = {}, ...rest } = changes;
  return integrationSchema.parse({
    id: 'items',
    name: 'Items',
    request: { url: 'https://api.example.com/items', idempotent: true, ...(request as object) },
    createdAt: at,
    updatedAt: at,
    ...rest,
  });
}

describe('curlOf', () => {
  it('is a plain line for a plain call', () => {
    expect(curlOf(declared(), url)).toBe(`curl \\\n  '${url}'`);
  });

  it('names secrets instead of telling them', () => {
    const headers = { Accept: 'text/plain', 'X-Key': { secret: 'shop.key' } };
    const auth = { kind: 'bearer', secret: 'shop-token' };
    expect(curlOf(declared({ request: { headers }, auth }), url)).toBe(
      [
        'curl',
        `'${url}'`,
        "-H 'Accept: text/plain'",
        '-H "X-Key: $SHOP_KEY"',
        '-H "Authorization: Bearer $SHOP_TOKEN"',
      ].join(' \\\n  '),
    );
  });

  it('blanks a key that travels in the address', () => {
    const auth = { kind: 'api-key', in: 'query', name: 'key', secret: 'k' };
    const line = curlOf(declared({ auth }), 'https://api.example.com/?key=abc123&page=2');
    expect(line).toContain("'https://api.example.com/?key=***&page=2'");
    expect(line).not.toContain('abc123');
  });

  it('sends a body, and lets no quote out of its quotes', () => {
    const request = { method: 'POST', body: { name: "O'Neill", price: '$5' } };
    expect(curlOf(declared({ request }), url)).toBe(
      [
        'curl -X POST',
        `'${url}'`,
        "-H 'Content-Type: application/json'",
        `--data-raw '{"name":"O'\\''Neill","price":"$5"}'`,
      ].join(' \\\n  '),
    );
  });

  it.each([
    [{ kind: 'basic', username: 'ana', secret: 'pw' }, `-u 'ana:'"$PW"`],
    [{ kind: 'api-key', in: 'header', name: 'X-Api-Key', secret: 'k' }, '-H "X-Api-Key: $K"'],
  ])('signs in by %j', (auth, part) => {
    expect(curlOf(declared({ auth }), url)).toContain(part);
  });
});
