import type { FieldValue, IntegrationInput, Method } from '../../../shared/integration.ts';
import { METHODS } from '../../../shared/integration.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { cannotImport, type ImportReport, literal } from './import-report.ts';

/** What all kinds of text come down to: a request, and who asks. */

type Auth = NonNullable<IntegrationInput['auth']>;

export interface Header {
  readonly name: string;
  readonly value: string;
}

export interface HeadersAndAuth {
  readonly headers: Record<string, FieldValue>;
  readonly auth: Auth | null;
}

/** Set by the program itself, from what is really sent. */
const OWN_HEADERS =
  /^(?:host|content-length|connection|accept-encoding|transfer-encoding|te|upgrade|expect|keep-alive|proxy-.*)$/i;
const BROWSER_HEADERS =
  /^(?:sec-.*|priority|upgrade-insecure-requests|dnt|if-none-match|if-modified-since)$/i;
const SECRET_HEADERS =
  /^(?:authorization|(?:x-)?api-?key|apikey|(?:x-)?(?:api|auth|access|app|client|private|session|security|csrf|xsrf|user|consumer|subscription)[-_]?(?:token|key|secret|id-?token)|ocp-apim-subscription-key|x-.*(?:token|secret|api-?key)|token)$/i;
const SECRET_PARAMETERS =
  /^(?:api[-_]?key|apikey|key|token|access[-_]?token|auth[-_]?token|app[-_]?id|appid|client[-_]?secret|secret|sig|signature|subscription-key)$/i;

/** A name for a secret of this host that is still to be entered. */
export function secretName(url: string, role: string): string {
  const host = /^[a-z]+:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1] ?? 'api';
  return `${host}-${role}`
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
}

/** Sorts headers into those that are sent, those that say who asks, and those that have no place. */
export function takeHeaders(
  headers: readonly Header[],
  url: string,
  report: ImportReport,
): HeadersAndAuth {
  const taken: Record<string, FieldValue> = {};
  let auth: Auth | null = null;
  for (const { name, value } of headers) {
    const what = say('whatHeader', { name });
    if (OWN_HEADERS.test(name)) report.left(what, say('setByProgram'));
    else if (BROWSER_HEADERS.test(name)) report.left(what, say('onlyBrowsers'));
    else if (/^cookie$/i.test(name)) report.left(what, say('cookieEnds'));
    else if (SECRET_HEADERS.test(name)) {
      const found: Auth | null = auth === null ? authOf(name, value, url) : null;
      if (found) auth = found;
      else taken[name] = { secret: secretName(url, name.toLowerCase()) };
      report.took(what, secretReason(found ?? { secret: secretName(url, name.toLowerCase()) }));
    } else taken[name] = literal(value);
  }
  return { headers: taken, auth };
}

function authOf(name: string, value: string, url: string): Auth | null {
  if (!/^authorization$/i.test(name))
    return { kind: 'api-key', in: 'header', name, secret: secretName(url, 'key') };
  const [, scheme = ''] = /^(\S+)\s/.exec(value) ?? [];
  if (/^bearer$/i.test(scheme)) return { kind: 'bearer', secret: secretName(url, 'token') };
  if (/^basic$/i.test(scheme)) {
    const [username = ''] = Buffer.from(value.slice(6).trim(), 'base64')
      .toString('utf8')
      .split(':');
    return basicAuth(username, url);
  }
  return { kind: 'api-key', in: 'header', name, secret: secretName(url, 'authorization') };
}

export function basicAuth(username: string, url: string): Auth {
  return { kind: 'basic', username, secret: secretName(url, 'password') };
}

/** Why a credential is in the integration by name only. */
export function secretReason(holder: object): Sentence {
  const name = 'secret' in holder && typeof holder.secret === 'string' ? holder.secret : '';
  return say('enterSecret', { name });
}

export interface Address {
  readonly url: string;
  readonly query: Record<string, string>;
  readonly auth: Auth | null;
}

/** Takes an address apart: credentials and keys become secrets, parameters become fields of the form. */
export function takeAddress(given: string, report: ImportReport): Address {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  if (!/^https?:/i.test(text)) throw cannotImport(say('notCallable', { address: given }));
  if (text !== given) report.took(say('whatAddress', { address: given }), say('noScheme'));
  const [beforeHash = ''] = text.split('#');
  const credentials = /^(https?:\/\/)([^/?#@]*)@/i.exec(beforeHash);
  const bare = credentials ? beforeHash.replace(credentials[0], credentials[1] ?? '') : beforeHash;
  const start = bare.indexOf('?');
  const url = start < 0 ? bare : bare.slice(0, start);
  const { query, auth: keyAuth } = takeQuery(start < 0 ? '' : bare.slice(start + 1), url, report);
  const username = decodeURIComponent(credentials?.[2]?.split(':')[0] ?? '');
  const auth = credentials ? basicAuth(username, url) : keyAuth;
  if (credentials && auth) report.took(say('whatUser'), secretReason(auth));
  return query === null
    ? { url: literal(bare), query: {}, auth }
    : { url: literal(url), query, auth };
}

/** null: some parameter is given twice, which the form cannot hold; the address then stays whole. */
function takeQuery(
  text: string,
  url: string,
  report: ImportReport,
): { readonly query: Record<string, string> | null; readonly auth: Auth | null } {
  const pairs = [...new URLSearchParams(text)];
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    report.took(say('whatQuery'), say('parameterTwice'));
    return { query: null, auth: null };
  }
  const query: Record<string, string> = {};
  let auth: Auth | null = null;
  for (const [name, value] of pairs) {
    if (auth === null && value !== '' && SECRET_PARAMETERS.test(name)) {
      auth = { kind: 'api-key', in: 'query', name, secret: secretName(url, 'key') };
      report.took(say('whatParameter', { name }), secretReason(auth));
    } else query[name] = literal(value);
  }
  return { query, auth };
}

export function takeMethod(text: string): Method {
  const method = METHODS.find((one) => one === text.toUpperCase());
  if (method === undefined)
    throw cannotImport(say('methodNotSent', { method: text, methods: METHODS.join(', ') }));
  return method;
}

/** A body that says it is JSON, and is, becomes JSON; anything else is sent as it stands. */
export function takeBody(text: string, contentType: string | null): JsonValue {
  if (contentType !== null && /[/+]json\b/i.test(contentType) && !/\d{16}|\d\.\d*0\D/.test(text)) {
    try {
      const value = JSON.parse(text) as JsonValue;
      if (typeof value !== 'string' && !/\{\{|\{%/.test(text)) return value;
    } catch {
      // Not JSON in spite of its header: sent as it stands.
    }
  }
  return literal(text);
}

export { nameOfAddress as nameOf } from '../../../shared/name-of-address.ts';
