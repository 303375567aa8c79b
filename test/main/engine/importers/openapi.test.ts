import { describe, expect, it } from 'vitest';
import { importIntegration } from '../../../../src/main/engine/importers/import-integration.ts';
import { compileSchema } from '../../../../src/main/engine/validator/record-schema.ts';

function imported(document: unknown, operation?: string) {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return importIntegration({ from: 'openapi', text, operation });
}

const PETS = {
  openapi: '3.0.3',
  servers: [{ url: 'https://pets.example.com/v1/' }],
  paths: {
    '/pets': {
      get: {
        operationId: 'listPets',
        summary: 'List all pets',
        parameters: [
          { name: 'limit', in: 'query', schema: { type: 'integer', default: 20 } },
          { name: 'offset', in: 'query', schema: { type: 'integer' } },
          { name: 'X-Tenant', in: 'header', required: true, schema: { type: 'string' } },
        ],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Pet' } },
              },
            },
          },
        },
      },
      post: { operationId: 'createPet', responses: {} },
    },
  },
  components: {
    schemas: {
      Pet: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'integer', format: 'int64', minimum: 0, exclusiveMinimum: true },
          tag: { type: 'string', nullable: true, enum: ['cat', 'dog'] },
          parent: { $ref: '#/components/schemas/Pet' },
        },
      },
    },
  },
};

const ORDERS = `
openapi: 3.1.0
servers:
  - url: https://{region}.example.com/{version}
    variables:
      region: {default: eu}
      version: {default: v2}
security: [{oauth: []}]
paths:
  /shops/{shop}/orders/{year}:
    parameters:
      - {name: shop, in: path, required: true, schema: {type: string}}
      - {name: year, in: path, required: true, example: 2026, schema: {type: integer}}
    get:
      operationId: orders
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: per_page, in: query, schema: {type: integer}}
        - {name: status, in: query, schema: {enum: [open]}}
      responses:
        2XX:
          content:
            application/json:
              schema:
                allOf:
                  - type: object
                    properties:
                      meta: {type: object, properties: {total: {type: integer}}}
                  - type: object
                    properties:
                      data:
                        type: array
                        items: {type: object, properties: {uuid: {type: string}, at: {type: [string, 'null'], format: date-time}}}
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://eu.example.com/token
          scopes: {read: Read}
`;

const one = (operation: object, extra: object = {}) => ({
  openapi: '3.0.0',
  servers: [{ url: 'https://api.example.com' }],
  paths: { '/x': { post: operation } },
  ...extra,
});

describe('an OpenAPI document', () => {
  it('gives a list operation with path, key, schema and pagination', () => {
    const { integration, report } = imported(PETS, 'listPets');
    expect(integration).toMatchObject({
      name: 'List all pets',
      request: { method: 'GET', url: 'https://pets.example.com/v1/pets', query: { limit: '20' } },
      records: { path: '$[*]' },
      key: ['id'],
      pagination: { kind: 'offset', parameter: 'offset', sizeParameter: 'limit', size: 100 },
    });
    expect(report).toContainEqual({
      taken: false,
      what: 'parameter X-Tenant',
      whatSays: { key: 'whatParameter', data: { name: 'X-Tenant' } },
      why: 'it is required; give it a value',
      whySays: { key: 'required', data: {} },
    });
    const { isValid } = compileSchema(integration.schema!);
    expect(isValid({ id: 1, tag: null, parent: { id: 'anything' } })).toBe(true);
    expect(isValid({ id: 0 })).toBe(false);
    expect(isValid({ id: 1, tag: 'bird' })).toBe(false);
  });

  it('in YAML gives server variables, path examples, sign-in and the list inside the answer', () => {
    const { integration, report } = imported(ORDERS);
    expect(integration).toMatchObject({
      name: 'orders',
      request: {
        url: 'https://eu.example.com/v2/shops/{shop}/orders/2026',
        query: { status: 'open' },
      },
      records: { path: '$.data[*]' },
      key: ['uuid'],
      pagination: { kind: 'page-number', parameter: 'page', sizeParameter: 'per_page' },
      auth: {
        kind: 'oauth2-client-credentials',
        tokenUrl: 'https://eu.example.com/token',
        scope: 'read',
      },
    });
    expect(report.find(({ what }) => what === 'parameter shop')).toMatchObject({ taken: false });
  });

  it('gives a body from its example and an API key by name', () => {
    const { integration } = imported(
      one(
        {
          requestBody: { content: { 'application/json': { example: { from: 1 } } } },
          security: [{ key: [] }],
        },
        { components: { securitySchemes: { key: { type: 'apiKey', in: 'query', name: 'k' } } } },
      ),
    );
    expect(integration).toMatchObject({
      request: {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: { from: 1 },
      },
      auth: { kind: 'api-key', in: 'query', name: 'k', secret: 'api.example.com-key' },
    });
  });

  it('never follows a reference out of itself', () => {
    const { integration, report } = imported(
      one({
        requestBody: { $ref: 'https://evil.example/body.json' },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: 'other.yaml#/X' } } } },
        },
      }),
    );
    expect(integration.schema).toEqual({});
    expect(report.filter(({ taken }) => !taken).map(({ what }) => what)).toEqual([
      'reference https://evil.example/body.json',
      'reference other.yaml#/X',
    ]);
  });

  it('survives references in circles and hostile names', () => {
    const { integration } = imported(
      one(
        { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/a' } } } } } },
        { a: { $ref: '#/b' }, b: { $ref: '#/a' }, __proto__: { polluted: true } },
      ),
    );
    expect(integration.records).toEqual({ path: '$' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each<[string, unknown, string | undefined, RegExp]>([
    ['Swagger 2', { swagger: '2.0', paths: {} }, undefined, /convert it to OpenAPI 3/],
    ['something else', { hello: 1 }, undefined, /no OpenAPI 3 document/],
    ['broken JSON', '{"openapi":', undefined, /not valid JSON/],
    ['broken YAML', 'openapi: [3', undefined, /not valid YAML/],
    ['no operations', { openapi: '3.0.0' }, undefined, /no operations/],
    ['an unknown operation', PETS, 'nope', /listPets, createPet/],
    [
      'several operations',
      { ...PETS, paths: { '/a': { get: {} }, '/b': { get: {} } } },
      '',
      /GET \/a, GET \/b/,
    ],
    [
      'a YAML bomb',
      `openapi: 3.0.0\na: &a [x,x]\n${'bcdefghi'
        .split('')
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'.charAt(index)}`).join(',')}]`,
        )
        .join('\n')}`,
      undefined,
      /cannot be used/,
    ],
  ])('%s is refused with a sentence', (_name, document, operation, sentence) => {
    expect(() => imported(document, operation)).toThrow(sentence);
  });
});
