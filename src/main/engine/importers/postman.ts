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
import { cannotImport, type Imported, ImportReport, mustChoose } from './import-report.ts';
import {
  basicAuth,
  type Header,
  nameOf,
  secretName,
  secretReason,
  takeAddress,
  takeBody,
  takeHeaders,
  takeMethod,
} from './request-parts.ts';

interface Found {
  /** Names of the folders and the request, joined by ` / `. */
  readonly name: string;
  readonly item: JsonObject;
  /** From the request outwards: the first `auth` counts. */
  readonly chain: readonly JsonObject[];
}

/** One request of a Postman collection (v2.1) as an integration. Scripts are never run. */
export function importPostman(text: string, wanted: string | undefined): Imported {
  const collection = readDocument(text);
  if (!Array.isArray(collection['item'])) throw cannotImport(say('notPostman'));
  const found = choose(requestsOf(collection, '', [collection]), wanted);
  const report = new ImportReport();
  const variables = new Variables(found.chain, report);
  const input = inputOf(found, variables, report);
  return { input, report: report.lines };
}

function requestsOf(folder: JsonObject, prefix: string, chain: readonly JsonObject[]): Found[] {
  return listAt(folder, 'item').flatMap((item) => {
    if (!isObject(item)) return [];
    const name = prefix + (textAt(item, 'name') ?? 'request');
    if (Array.isArray(item['item'])) return requestsOf(item, `${name} / `, [item, ...chain]);
    return 'request' in item ? [{ name, item, chain: [item, ...chain] }] : [];
  });
}

function choose(requests: readonly Found[], wanted: string | undefined): Found {
  const [only, ...others] = requests;
  if (!only) throw cannotImport(say('noRequests'));
  const choices = requests.map(({ name }) => name);
  if (wanted === undefined || wanted === '') {
    if (others.length === 0) return only;
    throw mustChoose((named) => say('chooseRequest', { choices: named }), choices);
  }
  const found = requests.find(
    ({ name, item }) => name === wanted || textAt(item, 'name') === wanted,
  );
  if (!found) throw mustChoose((named) => say('noRequest', { wanted, choices: named }), choices);
  return found;
}

/** `{{name}}` by the variables of the collection and its folders; what has no value is left and reported. */
class Variables {
  readonly #values = new Map<string, string>();
  readonly #missing = new Set<string>();
  readonly #report: ImportReport;

  constructor(chain: readonly JsonObject[], report: ImportReport) {
    this.#report = report;
    for (const holder of chain.toReversed()) {
      for (const one of listAt(holder, 'variable')) {
        const name = textAt(one, 'key') ?? textAt(one, 'id');
        const value = isObject(one) && one['disabled'] !== true ? scalarText(one['value']) : null;
        if (name !== null && value !== null) this.#values.set(name, value);
      }
    }
  }

  fill(text: string): string {
    let filled = text;
    // Values may hold variables themselves, but not for ever.
    for (let round = 0; round < 5 && filled.includes('{{'); round++)
      filled = filled.replace(
        /\{\{\s*([^{}]+?)\s*\}\}/g,
        (whole, name: string) => this.#values.get(name) ?? whole,
      );
    return filled.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_whole, name: string) =>
      this.#without(name),
    );
  }

  #without(name: string): string {
    if (!this.#missing.has(name)) {
      this.#missing.add(name);
      this.#report.left(say('whatVariable', { name }), say('noValueInCollection', { name }));
    }
    return `<${name}>`;
  }
}

function inputOf(
  { name, item, chain }: Found,
  variables: Variables,
  report: ImportReport,
): IntegrationInput {
  const given = item['request'];
  const request: JsonObject = isObject(given) ? given : { url: given ?? '' };
  const target = takeAddress(variables.fill(addressOf(request['url'])), report);
  const headers = pairsOf(listAt(request, 'header'), variables, report);
  const method = takeMethod(textAt(request, 'method') ?? 'GET');
  const body = bodyOf(objectAt(request, 'body'), variables, report);
  if (body?.type !== undefined && !headers.some(({ name: one }) => /^content-type$/i.test(one)))
    headers.push({ name: 'Content-Type', value: body.type });
  const taken = takeHeaders(headers, target.url, report);
  const declared = authOf([request, ...chain], target.url, variables, report);
  const auth = declared ?? taken.auth ?? target.auth;
  if (chain.some((one) => listAt(one, 'event').length > 0))
    report.left(say('whatScripts'), say('scriptsNotRun'));
  const contentType = headers.find((one) => /^content-type$/i.test(one.name))?.value ?? null;
  return {
    name: name.slice(0, 200) || nameOf(target.url),
    description: describe(request['description']).slice(0, 10_000),
    request: {
      method,
      url: target.url,
      query: target.query,
      headers: taken.headers,
      body: body && takeBody(body.text, contentType),
    },
    ...(auth && { auth }),
    ...(method === 'HEAD' && { records: null }),
  };
}

function describe(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (textAt(value, 'content') ?? '');
}

/** `raw` is what was typed; disabled parameters are still in it, so the parts win where they are given. */
function addressOf(url: JsonValue | undefined): string {
  if (typeof url === 'string') return url;
  const raw = textAt(url, 'raw') ?? '';
  const query = listAt(url, 'query');
  const withVariables = listAt(url, 'variable').reduce<string>((text, one) => {
    const key = textAt(one, 'key');
    const value = isObject(one) ? scalarText(one['value']) : null;
    return key === null || value === null || value === ''
      ? text
      : text.replace(`/:${key}`, `/${encodeURIComponent(value)}`);
  }, raw);
  if (query.length === 0) return withVariables;
  const enabled = query.flatMap((one) => {
    const key = textAt(one, 'key');
    if (key === null || !isObject(one) || one['disabled'] === true) return [];
    return [`${key}=${encodedKeepingVariables(scalarText(one['value']) ?? '')}`];
  });
  const [base = ''] = withVariables.split('?');
  return enabled.length === 0 ? base : `${base}?${enabled.join('&')}`;
}

/** Postman sends parameters as typed; only what would end the parameter is encoded here. */
function encodedKeepingVariables(value: string): string {
  return value.replace(/[&#+]/g, encodeURIComponent);
}

function pairsOf(list: readonly JsonValue[], variables: Variables, report: ImportReport): Header[] {
  return list.flatMap((one) => {
    const name = textAt(one, 'key');
    if (name === null || name === '' || !isObject(one)) return [];
    if (one['disabled'] === true) {
      report.left(say('whatHeader', { name }), say('switchedOff'));
      return [];
    }
    return [{ name, value: variables.fill(scalarText(one['value']) ?? '') }];
  });
}

function bodyOf(
  body: JsonObject,
  variables: Variables,
  report: ImportReport,
): { readonly text: string; readonly type: string | undefined } | null {
  const mode = textAt(body, 'mode');
  if (mode === null || body['disabled'] === true) return null;
  if (mode === 'raw') {
    const text = variables.fill(textAt(body, 'raw') ?? '');
    const language = textAt(objectAt(objectAt(body, 'options'), 'raw'), 'language');
    return text === ''
      ? null
      : { text, type: language === 'json' ? 'application/json' : undefined };
  }
  if (mode === 'urlencoded') {
    const form = new URLSearchParams(
      pairsOf(listAt(body, 'urlencoded'), variables, report).map(
        ({ name, value }): [string, string] => [name, value],
      ),
    );
    return { text: form.toString(), type: 'application/x-www-form-urlencoded' };
  }
  if (mode === 'graphql') {
    const { query, variables: given } = objectAt(body, 'graphql') as {
      query?: JsonValue;
      variables?: JsonValue;
    };
    const values =
      typeof given === 'string' && given.trim() !== '' ? parsedOrNull(variables.fill(given)) : null;
    return { text: JSON.stringify({ query, variables: values }), type: 'application/json' };
  }
  report.left(say('whatBody', { mode }), say('noMultipartNorFiles'));
  return null;
}

function parsedOrNull(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return null;
  }
}

function authOf(
  chain: readonly JsonObject[],
  url: string,
  variables: Variables,
  report: ImportReport,
): NonNullable<IntegrationInput['auth']> | null {
  const holder = chain.find((one) => isObject(one['auth']));
  const auth = objectAt(holder, 'auth');
  const type = textAt(auth, 'type');
  if (type === null || type === 'noauth') return null;
  const field = (name: string) => {
    const found = listAt(auth, type).find((one) => textAt(one, 'key') === name);
    return variables.fill((isObject(found) ? scalarText(found['value']) : null) ?? '');
  };
  const taken = typedAuth(type, field, url);
  if (taken) report.took(say('whatAuth', { type }), secretReason(taken));
  else report.left(say('whatAuth', { type }), say('signInUnknown'));
  return taken;
}

function typedAuth(
  type: string,
  field: (name: string) => string,
  url: string,
): NonNullable<IntegrationInput['auth']> | null {
  if (type === 'bearer') return { kind: 'bearer', secret: secretName(url, 'token') };
  if (type === 'basic') return basicAuth(field('username'), url);
  if (type === 'apikey')
    return {
      kind: 'api-key',
      in: field('in') === 'query' ? 'query' : 'header',
      name: field('key') || 'X-API-Key',
      secret: secretName(url, 'key'),
    };
  if (type !== 'oauth2' || field('grant_type') !== 'client_credentials') return null;
  return {
    kind: 'oauth2-client-credentials',
    tokenUrl: field('accessTokenUrl') || 'https://example.com/token',
    clientId: field('clientId') || 'client-id',
    secret: secretName(url, 'client-secret'),
    scope: field('scope') || null,
    clientAuth: field('client_authentication') === 'body' ? 'body' : 'basic',
  };
}
