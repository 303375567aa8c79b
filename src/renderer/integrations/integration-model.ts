import {
  integrationInputSchema,
  type FieldValue,
  type Integration,
  type IntegrationDraft,
  type IntegrationInput,
} from '../../shared/integration.ts';
import type { JsonValue } from '../../shared/values.ts';
import { parseJson, parseJsonObject, problemsOrNothing } from '../ui/json-text.ts';

/** One line of a table of names and values; a value may be the name of a stored secret. */
export interface Pair {
  name: string;
  value: string;
  isSecret: boolean;
}

/** An integration as the form edits it: JSON, lists and tables are text and lines here. */
export interface IntegrationModel {
  integration: IntegrationDraft;
  query: Pair[];
  headers: Pair[];
  bodyKind: 'none' | 'json' | 'text';
  body: string;
  loginBody: string;
  isCallOnly: boolean;
  path: string;
  key: string;
  schema: string;
  warnSchema: string;
}

/** A new integration with every default of the contract. */
export function newIntegrationModel(): IntegrationModel {
  const draft = integrationInputSchema.parse({ name: 'x', request: { url: 'x' } });
  return modelOf({ ...draft, name: '', request: { ...draft.request, url: '' } });
}

/** An integration as it was answered, ready to be edited. */
export function integrationModelOf(integration: Integration): IntegrationModel {
  return modelOf(integrationInputSchema.parse(integration));
}

/** The form of an integration that is not saved yet, among the drafts. */
export const NEW_INTEGRATION_FORM = 'integration:new';

/** An integration that was imported, ready to be looked through. */
export function draftModelOf(draft: IntegrationDraft): IntegrationModel {
  return modelOf(draft);
}

function modelOf(integration: IntegrationDraft): IntegrationModel {
  const { request, auth } = integration;
  const body = request.body;
  return {
    integration,
    query: pairsOf(request.query),
    headers: pairsOf(request.headers),
    bodyKind: body === null ? 'none' : typeof body === 'string' ? 'text' : 'json',
    body: body === null ? '' : typeof body === 'string' ? body : toText(body),
    loginBody: auth.kind === 'login' && auth.request.body ? toText(auth.request.body) : '',
    isCallOnly: integration.records === null,
    path: integration.records?.path ?? '$',
    key: integration.key.join(', '),
    schema: integration.schema === null ? '' : toText(integration.schema),
    warnSchema: integration.warnSchema === null ? '' : toText(integration.warnSchema),
  };
}

/** What is sent; throws a CallError with the problems that are seen here already. */
export function integrationInputOf(model: IntegrationModel): IntegrationInput {
  const body = model.bodyKind === 'json' ? parseJson(model.body, 'request.body') : null;
  const schema = parseJsonObject(model.schema, 'schema');
  const warnSchema = parseJsonObject(model.warnSchema, 'warnSchema');
  const loginBody = parseJsonObject(model.loginBody, 'auth.request.body');
  problemsOrNothing([...(body ? [body] : []), schema, warnSchema, loginBody]);
  const { integration } = model;
  const auth =
    integration.auth.kind === 'login'
      ? { ...integration.auth, request: { ...integration.auth.request, body: loginBody.value } }
      : integration.auth;
  return {
    ...integration,
    auth,
    request: {
      ...integration.request,
      query: Object.fromEntries(named(model.query).map(({ name, value }) => [name, value])),
      headers: Object.fromEntries(named(model.headers).map((pair) => [pair.name, valueOf(pair)])),
      body: body ? body.value : model.bodyKind === 'text' ? model.body : null,
    },
    records: model.isCallOnly ? null : { path: model.path },
    key: fieldsOf(model.key),
    schema: schema.value,
    warnSchema: warnSchema.value,
  };
}

/** Field names as they are written into one line. */
export function fieldsOf(text: string): string[] {
  return text
    .split(',')
    .map((field) => field.trim())
    .filter(Boolean);
}

/** The line of key fields with one more, or without it where it is in there. */
export function withKeyField(line: string, field: string): string {
  const fields = fieldsOf(line);
  const others = fields.filter((one) => one !== field);
  return (others.length < fields.length ? others : [...fields, field]).join(', ');
}

function pairsOf(values: Readonly<Record<string, FieldValue>>): Pair[] {
  return Object.entries(values).map(([name, value]) =>
    typeof value === 'string'
      ? { name, value, isSecret: false }
      : { name, value: value.secret, isSecret: true },
  );
}

function named(pairs: readonly Pair[]): readonly Pair[] {
  return pairs.filter(({ name }) => name.trim() !== '');
}

function valueOf({ value, isSecret }: Pair): FieldValue {
  return isSecret ? { secret: value } : value;
}

function toText(value: JsonValue | object): string {
  return JSON.stringify(value, null, 2);
}
