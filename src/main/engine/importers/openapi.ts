import type { IntegrationInput } from '../../../shared/integration.ts';
import { say } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import {
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  readDocument,
  scalarText,
  textAt,
} from './document.ts';
import { cannotImport, type Imported, ImportReport, literal, mustChoose } from './import-report.ts';
import { recordsOf } from './openapi-records.ts';
import { References } from './openapi-refs.ts';
import { nameOf, secretName, secretReason, takeMethod } from './request-parts.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
}

/** One operation of an OpenAPI 3 document as an integration. References to other documents are not followed. */
export function importOpenApi(text: string, wanted: string | undefined): Imported {
  const document = readDocument(text);
  if (!(textAt(document, 'openapi') ?? '').startsWith('3.'))
    throw cannotImport('swagger' in document ? say('isSwagger2') : say('notOpenApi'));
  const references = new References(document);
  const report = new ImportReport();
  const chosen = chooseOperation(operationsOf(document, references), wanted);
  const input = inputOf(document, chosen, references, report);
  for (const ref of references.broken)
    report.left(say('whatReference', { ref }), say('leadsNowhere'));
  return { input, report: report.lines };
}

const METHOD_NAMES = ['get', 'post', 'put', 'patch', 'delete', 'head'];

function operationsOf(document: JsonObject, references: References): Operation[] {
  return Object.entries(objectAt(document, 'paths')).flatMap(([path, found]) => {
    const item = references.resolve(found);
    if (!isObject(item)) return [];
    return METHOD_NAMES.flatMap((method) => {
      const operation = item[method];
      return isObject(operation) ? [{ method, path, item, operation }] : [];
    });
  });
}

/** By id, by `GET /path`, or the only one there is. */
function chooseOperation(operations: readonly Operation[], wanted: string | undefined): Operation {
  const named = (one: Operation) => `${one.method.toUpperCase()} ${one.path}`;
  const choices = operations.map((one) => textAt(one.operation, 'operationId') ?? named(one));
  if (operations.length === 0) throw cannotImport(say('noOperations'));
  if (wanted === undefined || wanted === '') {
    const [only, ...others] = operations;
    const gets = operations.filter(({ method }) => method === 'get');
    if (only && others.length === 0) return only;
    if (gets.length === 1 && gets[0]) return gets[0];
    throw mustChoose((named) => say('chooseOperation', { choices: named }), choices);
  }
  const found = operations.find(
    (one) => textAt(one.operation, 'operationId') === wanted || named(one) === wanted.trim(),
  );
  if (!found) throw mustChoose((named) => say('noOperation', { wanted, choices: named }), choices);
  return found;
}

function inputOf(
  document: JsonObject,
  chosen: Operation,
  references: References,
  report: ImportReport,
): IntegrationInput {
  const { operation, method } = chosen;
  const parameters = parametersOf(chosen, references);
  const url = serverOf(document, chosen, report) + pathOf(chosen.path, parameters, report);
  const headers = fieldsOf(parameters, 'header', report);
  const body = bodyOf(operation, references, report);
  const auth = authOf(document, operation, url, references, report);
  const selected = recordsOf(
    operation,
    parameters.map(({ name }) => name),
    references,
    report,
  );
  return {
    name: (textAt(operation, 'summary') ?? textAt(operation, 'operationId') ?? nameOf(url)).slice(
      0,
      200,
    ),
    description: (textAt(operation, 'description') ?? '').slice(0, 10_000),
    request: {
      method: takeMethod(method),
      url,
      query: fieldsOf(parameters, 'query', report),
      headers: body?.type === undefined ? headers : { 'Content-Type': body.type, ...headers },
      body: body?.value ?? null,
    },
    ...(auth && { auth }),
    ...(method === 'head' ? { records: null } : selected),
  };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  /** What to send, when the document tells: default, example, the only allowed value. */
  readonly value: string | null;
}

/** Parameters of the operation win over those of its path. */
function parametersOf({ item, operation }: Operation, references: References): Parameter[] {
  const byName = new Map<string, Parameter>();
  for (const found of [...listAt(item, 'parameters'), ...listAt(operation, 'parameters')]) {
    const parameter = references.resolve(found);
    const name = textAt(parameter, 'name');
    const place = textAt(parameter, 'in');
    if (name === null || place === null || !isObject(parameter)) continue;
    const schema = references.resolve(parameter['schema']);
    byName.set(`${place} ${name}`, {
      name,
      in: place,
      required: parameter['required'] === true,
      value: valueOf(parameter, schema, references),
    });
  }
  return [...byName.values()];
}

function valueOf(parameter: JsonObject, schema: JsonValue, references: References): string | null {
  const [example] = Object.values(objectAt(parameter, 'examples'));
  const allowed = listAt(schema, 'enum');
  const candidates = [
    isObject(schema) ? schema['default'] : undefined,
    parameter['example'],
    objectAt({ found: references.resolve(example) }, 'found')['value'],
    isObject(schema) ? schema['example'] : undefined,
    allowed.length === 1 ? allowed[0] : undefined,
  ];
  return candidates.map(scalarText).find((text) => text !== null) ?? null;
}

function serverOf(
  document: JsonObject,
  { item, operation }: Operation,
  report: ImportReport,
): string {
  const [server] = [operation, item, document].flatMap((one) => listAt(one, 'servers'));
  const variables = objectAt(server, 'variables');
  const url = (textAt(server, 'url') ?? '').replace(/\{([^}]+)\}/g, (whole, name: string) => {
    const value = scalarText(objectAt(variables, name)['default']);
    if (value === null) report.left(say('whatServerVariable', { name }), say('noValueInDocument'));
    return value ?? whole;
  });
  if (/^https?:\/\//i.test(url)) return url.replace(/\/+$/, '');
  report.left(say('whatServer'), say('noFullAddress'));
  return `https://example.com${url === '/' ? '' : url.replace(/\/+$/, '')}`;
}

function pathOf(path: string, parameters: readonly Parameter[], report: ImportReport): string {
  return path.replace(/\{([^}]+)\}/g, (whole, name: string) => {
    const value = parameters.find((one) => one.in === 'path' && one.name === name)?.value;
    if (value === null || value === undefined) {
      report.left(say('whatParameter', { name }), say('putValue', { place: whole }));
      return whole;
    }
    report.took(say('whatParameter', { name }), say('exampleTaken', { value }));
    return encodeURIComponent(value);
  });
}

function fieldsOf(
  parameters: readonly Parameter[],
  place: 'query' | 'header',
  report: ImportReport,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { name, in: where, value, required } of parameters) {
    if (where !== place || /^(?:accept|content-type|authorization)$/i.test(name)) continue;
    if (value === null)
      report.left(say('whatParameter', { name }), say(required ? 'required' : 'optional'));
    else fields[name] = literal(value);
  }
  return fields;
}

function bodyOf(
  operation: JsonObject,
  references: References,
  report: ImportReport,
): { readonly value: JsonValue; readonly type: string } | null {
  const content = objectAt(references.resolve(operation['requestBody']), 'content');
  const [type, media] =
    Object.entries(content).find(([name]) => /json/i.test(name)) ??
    Object.entries(content)[0] ??
    [];
  if (type === undefined) return null;
  const [named] = Object.values(objectAt(media, 'examples'));
  const schema = references.resolve(objectAt(media, 'schema'));
  const candidates = [
    isObject(media) ? media['example'] : undefined,
    objectAt({ found: references.resolve(named) }, 'found')['value'],
    isObject(schema) ? (schema['example'] ?? schema['default']) : undefined,
  ];
  const value = candidates.find((one) => one !== undefined);
  if (value !== undefined) return { value, type };
  report.left(say('whatRequestBody'), say('noExample', { type }));
  return null;
}

function authOf(
  document: JsonObject,
  operation: JsonObject,
  url: string,
  references: References,
  report: ImportReport,
): IntegrationInput['auth'] | null {
  const required =
    'security' in operation ? listAt(operation, 'security') : listAt(document, 'security');
  const names = required.flatMap((one) => (isObject(one) ? Object.keys(one) : []));
  const schemes = objectAt(objectAt(document, 'components'), 'securitySchemes');
  for (const name of names) {
    const scheme = references.resolve(schemes[name]);
    const auth = schemeAuth(scheme, url);
    if (auth) {
      report.took(say('whatSecurity', { name }), secretReason(auth));
      return auth;
    }
    report.left(say('whatSecurity', { name }), say('signInUnknown'));
  }
  return null;
}

function schemeAuth(scheme: JsonValue, url: string): NonNullable<IntegrationInput['auth']> | null {
  const type = textAt(scheme, 'type');
  const http = (textAt(scheme, 'scheme') ?? '').toLowerCase();
  const place = textAt(scheme, 'in');
  if (type === 'http' && http === 'bearer')
    return { kind: 'bearer', secret: secretName(url, 'token') };
  if (type === 'http' && http === 'basic')
    return { kind: 'basic', username: '', secret: secretName(url, 'password') };
  if (type === 'apiKey' && (place === 'header' || place === 'query'))
    return {
      kind: 'api-key',
      in: place,
      name: textAt(scheme, 'name') ?? 'key',
      secret: secretName(url, 'key'),
    };
  const flow = objectAt(objectAt(scheme, 'flows'), 'clientCredentials');
  const tokenUrl = textAt(flow, 'tokenUrl');
  if (type !== 'oauth2' || tokenUrl === null) return null;
  const scope = Object.keys(objectAt(flow, 'scopes')).join(' ');
  return {
    kind: 'oauth2-client-credentials',
    tokenUrl,
    clientId: 'client-id',
    secret: secretName(url, 'client-secret'),
    scope: scope === '' ? null : scope,
  };
}
