import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { openApiDocument, type Operation } from '../../../src/main/server/open-api.ts';
import { contract } from '../../../src/shared/contract.ts';

const document = openApiDocument(contract, '0.1.0');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function operationOf(id: string): Operation {
  return operations.find(({ operation }) => operation.operationId === id)!.operation;
}

describe('openApiDocument', () => {
  it('has every command, by its method and path, under a name of its own', () => {
    for (const [name, { method, path, doc }] of Object.entries(contract)) {
      const operation = document.paths[`/api/v1${path}`]?.[method.toLowerCase()];
      expect(operation).toMatchObject({ operationId: name, summary: doc });
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('declares each name in a path', () => {
    for (const { path, operation } of operations) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path');
      expect(declared.map(({ name, required }) => [name, required])).toEqual(
        names.map((name) => [name, true]),
      );
    }
  });

  it('refers only to what it holds', () => {
    const text = JSON.stringify(document);
    for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path!
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
      expect(found, path).toBeDefined();
    }
    expect(text).not.toContain('$defs');
  });

  it('holds schemas that compile as JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ ...document, $id: 'https://pontual.test/openapi.json' });
    for (const name of Object.keys(document.components.schemas))
      expect(() =>
        ajv.compile({ $ref: `https://pontual.test/openapi.json#/components/schemas/${name}` }),
      ).not.toThrow();
  });

  it('puts fields where the server reads them', () => {
    const run = operationOf('jobs.run');
    expect(run.parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      'path id',
      'header idempotency-key',
    ]);
    const { schema } = (run.requestBody as { content: { 'application/json': { schema: object } } })
      .content['application/json'];
    expect(Object.keys((schema as { properties: object }).properties)).toEqual([
      'input',
      'at',
      'delayMs',
      'priority',
      'full',
      'allowVanished',
    ]);
    const list = operationOf('runs.list');
    expect(list.requestBody).toBeUndefined();
    expect(list.parameters?.every((one) => one.in === 'query' && !one.required)).toBe(true);
  });

  it('asks for no more than is needed, and answers whole', () => {
    const required = (name: string) =>
      (document.components.schemas[name] as { required: string[] }).required;
    expect(required('IntegrationInput')).toEqual(['name', 'request']);
    expect(required('JobInput')).toEqual(['name', 'integrationId']);
    expect(required('Integration')).toEqual(expect.arrayContaining(['id', 'retry', 'limits']));
    expect(required('IntegrationDraft')).toEqual(expect.arrayContaining(['retry', 'limits']));
  });

  it('takes one of several shapes whole', () => {
    const { requestBody } = operationOf('jobs.bulk');
    const { schema } = (requestBody as { content: { 'application/json': { schema: object } } })
      .content['application/json'];
    const shapes = (schema as { oneOf: { properties: { action: { const: string } } }[] }).oneOf;
    expect(shapes.map(({ properties }) => properties.action.const)).toEqual([
      'pause',
      'resume',
      'run',
      'delete',
      'set',
    ]);
  });

  it('says in which forms a list of records and a document can be had', () => {
    const forms = (id: string) =>
      Object.keys((operationOf(id).responses['200'] as { content: object }).content);
    expect(forms('records.list')).toEqual(['application/json', 'text/csv', 'application/x-ndjson']);
    expect(forms('config.export')).toEqual(['application/json', 'application/yaml']);
  });

  it('names the shapes that people look for', () => {
    const { schemas } = document.components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        'Integration',
        'IntegrationInput',
        'Job',
        'JobInput',
        'Run',
        'Error',
      ]),
    );
    expect(operationOf('jobs.get').responses['200']).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Job' } } },
    });
  });

  it('says which paths need no token', () => {
    expect(document['security']).toEqual([{ token: [] }]);
    const open = operations.filter(({ operation }) => operation['security'] !== undefined);
    expect(open.map(({ path }) => path)).toEqual([
      '/health',
      '/actuator/health',
      '/actuator/health/db',
    ]);
  });
});
