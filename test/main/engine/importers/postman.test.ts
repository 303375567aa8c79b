import { describe, expect, it } from 'vitest';
import { importIntegration } from '../../../../src/main/engine/importers/import-integration.ts';

function imported(collection: unknown, operation?: string) {
  return importIntegration({ from: 'postman', text: JSON.stringify(collection), operation });
}

const info = { schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' };
const request = (name: string, value: unknown) => ({ name, request: value });

const SHOP = {
  info,
  auth: { type: 'bearer', bearer: [{ key: 'token', value: 's3cret' }] },
  variable: [
    { key: 'host', value: 'shop.example.com' },
    { key: 'base', value: 'https://{{host}}/v1' },
  ],
  event: [{ listen: 'prerequest', script: { exec: ['pm.environment.set()'] } }],
  item: [
    {
      name: 'Orders',
      item: [
        request('List', {
          method: 'GET',
          header: [
            { key: 'Accept', value: 'application/json' },
            { key: 'X-Off', value: '1', disabled: true },
          ],
          url: {
            raw: '{{base}}/orders/:id?status=open&page={{page}}&old=1',
            variable: [{ key: 'id', value: '7' }],
            query: [
              { key: 'status', value: 'open' },
              { key: 'page', value: '{{page}}' },
              { key: 'old', value: '1', disabled: true },
            ],
          },
        }),
        request('Search', {
          method: 'POST',
          auth: { type: 'noauth' },
          url: '{{base}}/search',
          body: {
            mode: 'raw',
            raw: '{"host":"{{host}}","n":1}',
            options: { raw: { language: 'json' } },
          },
        }),
      ],
    },
  ],
};

describe('a Postman collection', () => {
  it('gives the chosen request with its variables filled and its sign-in by name', () => {
    const result = imported(SHOP, 'Orders / List');
    expect(result.integration).toMatchObject({
      name: 'Orders / List',
      request: {
        method: 'GET',
        url: 'https://shop.example.com/v1/orders/7',
        query: { status: 'open', page: '<page>' },
        headers: { Accept: 'application/json' },
      },
      auth: { kind: 'bearer', secret: 'shop.example.com-token' },
    });
    expect(
      result.report
        .filter(({ taken }) => !taken)
        .map(({ what }) => what)
        .sort(),
    ).toEqual(['header X-Off', 'scripts', 'variable page']);
    expect(JSON.stringify(result)).not.toContain('s3cret');
  });

  it('gives a JSON body, and no sign-in where the request switches it off', () => {
    const { integration } = imported(SHOP, 'Search');
    expect(integration).toMatchObject({
      request: {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: { host: 'shop.example.com', n: 1 },
      },
      auth: { kind: 'none' },
    });
  });

  it('gives a form', () => {
    const { integration } = imported({
      info,
      item: [
        request('Form', {
          method: 'POST',
          url: { raw: 'https://api.example.com/f' },
          auth: {
            type: 'basic',
            basic: [
              { key: 'username', value: 'me' },
              { key: 'password', value: 'x' },
            ],
          },
          body: {
            mode: 'urlencoded',
            urlencoded: [
              { key: 'a', value: 'b c' },
              { key: 'd', value: '&' },
            ],
          },
        }),
      ],
    });
    expect(integration).toMatchObject({
      request: {
        body: 'a=b+c&d=%26',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
      auth: { kind: 'basic', username: 'me' },
    });
  });

  it('gives a GraphQL query as JSON', () => {
    const { integration } = imported({
      info,
      item: [
        request('Graph', {
          method: 'POST',
          url: 'https://api.example.com/graphql',
          body: { mode: 'graphql', graphql: { query: '{ me }', variables: '{"a":1}' } },
        }),
      ],
    });
    expect(integration.request.body).toEqual({ query: '{ me }', variables: { a: 1 } });
  });

  it('gives OAuth2 client credentials and API keys, and says what it does not know', () => {
    const withAuth = (auth: object) =>
      imported({ info, auth, item: [request('One', { url: 'https://api.example.com/x' })] });
    const pairs = (type: string, values: Record<string, string>) => ({
      type,
      [type]: Object.entries(values).map(([key, value]) => ({ key, value })),
    });
    expect(
      withAuth(
        pairs('oauth2', {
          grant_type: 'client_credentials',
          accessTokenUrl: 'https://api.example.com/token',
          clientId: 'abc',
        }),
      ).integration.auth,
    ).toMatchObject({ kind: 'oauth2-client-credentials', clientId: 'abc' });
    expect(withAuth(pairs('apikey', { key: 'k', in: 'query' })).integration.auth).toMatchObject({
      kind: 'api-key',
      in: 'query',
      name: 'k',
    });
    const { integration, report } = withAuth(pairs('hawk', {}));
    expect(integration.auth).toEqual({ kind: 'none' });
    expect(report).toMatchObject([{ taken: false, what: 'auth hawk' }]);
  });

  it.each<[string, unknown, string | undefined, RegExp]>([
    ['something else', { a: 1 }, undefined, /no Postman collection/],
    ['an empty collection', { info, item: [] }, undefined, /no requests/],
    ['an unknown request', SHOP, 'Nope', /Orders \/ List, Orders \/ Search/],
    ['several requests', SHOP, undefined, /Choose one/],
  ])('%s is refused with a sentence', (_name, collection, operation, sentence) => {
    expect(() => imported(collection, operation)).toThrow(sentence);
  });
});
