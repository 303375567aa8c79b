import type { FieldValue, Integration, Method } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { ACCEPTED_ENCODINGS } from './http/decoding.ts';
import { configError } from './errors.ts';
import { compileTemplate, hasMarkup, type Scope, type Template } from './template.ts';

/**
 * A declared request, compiled once: what is constant in it is made once, what is a template is rendered for each
 * page. Secrets are not in here; they are attached last (auth/attach.ts).
 */
export interface RequestPlan {
  readonly method: Method;
  readonly idempotent: boolean;
  /** Renders one request; a template that fails, or makes no sense, is a config error. */
  readonly render: (scope: Scope, extra: ExtraParameters) => Rendered;
}

/** What paging and incremental reading add to the declared request. */
export interface ExtraParameters {
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  /** Set at the top of a JSON or form body. */
  readonly body: Readonly<Record<string, JsonValue>>;
  /** The whole address, where the API gave it: query parameters of the declaration are then not added again. */
  readonly address: string | null;
}

export const NO_EXTRA: ExtraParameters = { query: [], headers: {}, body: {}, address: null };

export type Rendered =
  | { readonly ok: true; readonly request: PlainRequest }
  | { readonly ok: false; readonly error: RunError };

/** A request before its secrets are attached. */
export interface PlainRequest {
  readonly method: Method;
  readonly target: Target;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** An address in the parts that a request is made of; a URL makes each of them anew whenever it is asked. */
export interface Target {
  readonly href: string;
  readonly origin: string;
  readonly hostname: string;
  /** Path and query. */
  readonly path: string;
}

export function targetOf(url: URL): Target {
  const { href, origin, hostname, pathname, search } = url;
  return { href, origin, hostname, path: pathname + search };
}

type Rendering<T> = (scope: Scope) => T;
interface Part<T> {
  readonly isConstant: boolean;
  readonly render: Rendering<T>;
}

/** Compiles a request; throws when a template does not compile (it is checked when the integration is saved). */
export function planRequest(integration: Integration): RequestPlan {
  const { request, records } = integration;
  const address = addressPart(request);
  const headers = headersPart(request, records === null);
  const body = bodyPart(request.body, contentTypeOf(request.headers));
  const isConstant = address.isConstant && headers.isConstant && body.isConstant;
  const { method, idempotent } = request;

  const make = (scope: Scope, extra: ExtraParameters): Rendered => {
    const url = extra.address === null ? address.render(scope) : new URL(extra.address);
    if (extra.query.length > 0) setQuery(url, extra.query);
    const text = bodyText(body.render(scope), extra.body);
    const own = headers.render(scope);
    const all = { ...typeHeader(own, text), ...own, ...extra.headers };
    const target = targetOf(url);
    return { ok: true, request: { method, target, headers: all, body: text?.text ?? null } };
  };

  // The same request again and again: made once.
  let constant: Rendered | null = null;
  const render = (scope: Scope, extra: ExtraParameters): Rendered => {
    try {
      if (!isConstant || extra !== NO_EXTRA) return make(scope, extra);
      return (constant ??= make(scope, extra));
    } catch (error) {
      return { ok: false, error: configError('bad-template', sentenceOf(error)) };
    }
  };
  return { method, idempotent, render };
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `The request could not be made from its templates: ${text.split('\n', 1)[0] ?? ''}`;
}

// Address

/** `https://host/` and more, before any markup: the part that a template must not touch when secrets are used. */
const LITERAL_ORIGIN = /^https?:\/\/[^/?#{]+[/?#]/i;

/** The origin that an address has whatever its templates render; null when they have a say in it. */
export function literalOrigin(address: string): string | null {
  const literal = hasMarkup(address) ? LITERAL_ORIGIN.exec(address)?.[0] : address;
  return literal !== undefined && URL.canParse(literal) ? new URL(literal).origin : null;
}

function addressPart(request: Integration['request']): Part<URL> {
  // Inside the path a value is text, not structure; before it, it may be a whole address.
  const where = LITERAL_ORIGIN.test(request.url) ? 'path' : 'text';
  const address = compileTemplate(request.url, where);
  const query = Object.entries(request.query).map(
    ([name, value]) => [name, compileTemplate(value)] as const,
  );
  const isConstant = address.isConstant && query.every(([, value]) => value.isConstant);
  const render: Rendering<URL> = (scope) => {
    const url = parseAddress(address.render(scope).trim());
    const parameters = query.map(([name, value]) => [name, value.render(scope)] as const);
    addQuery(url, parameters);
    return url;
  };
  return { isConstant, render };
}

function parseAddress(text: string): URL {
  if (!URL.canParse(text)) throw new Error('the address is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`the address begins with ${url.protocol} and not with http: or https:.`);
  if (url.username !== '' || url.password !== '')
    throw new Error('the address holds credentials; use a secret.');
  url.hash = '';
  return url;
}

/** An empty value leaves its parameter out. */
function addQuery(url: URL, parameters: readonly (readonly [string, string])[]): void {
  const added = parameters.filter(([, value]) => value !== '').map(encodePair);
  if (added.length > 0) url.search = [...queryParts(url), ...added].join('&');
}

/** Replaces parameters of the same name, wherever they were. */
export function setQuery(url: URL, parameters: readonly (readonly [string, string])[]): void {
  const names = new Set(parameters.map(([name]) => name));
  const kept = queryParts(url).filter((part) => !names.has(nameOf(part)));
  const added = parameters.filter(([, value]) => value !== '').map(encodePair);
  url.search = [...kept, ...added].join('&');
}

function queryParts(url: URL): readonly string[] {
  return url.search
    .replace(/^\?/, '')
    .split('&')
    .filter((part) => part !== '');
}

function nameOf(part: string): string {
  const name = (part.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    // A name that was not encoded properly is what it is.
    return name;
  }
}

function encodePair([name, value]: readonly [string, string]): string {
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

// Headers

const USER_AGENT = 'Pontual/0.1';

function headersPart(
  request: Integration['request'],
  callOnly: boolean,
): Part<Record<string, string>> {
  const templates: (readonly [string, Template])[] = [];
  for (const [name, value] of Object.entries(request.headers)) {
    if (!isSecretRef(value)) templates.push([name.toLowerCase(), compileTemplate(value)]);
  }
  const defaults = {
    accept: callOnly ? '*/*' : 'application/json, */*;q=0.5',
    'accept-encoding': ACCEPTED_ENCODINGS,
    'user-agent': USER_AGENT,
  };
  return {
    isConstant: templates.every(([, template]) => template.isConstant),
    render: (scope) => {
      const headers: Record<string, string> = { ...defaults };
      for (const [name, template] of templates) {
        const value = headerValue(name, template.render(scope));
        if (value !== '') headers[name] = value;
      }
      return headers;
    },
  };
}

export function isSecretRef(value: unknown): value is { readonly secret: string } {
  return typeof value === 'object' && value !== null && 'secret' in value;
}

/** Header values are bytes; text beyond Latin-1 and line breaks have no place there. */
function headerValue(name: string, value: string): string {
  const text = value.trim();
  // eslint-disable-next-line no-control-regex -- exactly these are refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(text))
    throw new Error(`the header ${name} would hold characters that a header cannot have.`);
  return text;
}

function contentTypeOf(headers: Readonly<Record<string, FieldValue>>): string | null {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  return typeof entry?.[1] === 'string' ? entry[1].toLowerCase() : null;
}

function typeHeader(own: Record<string, string>, body: BodyText | null): Record<string, string> {
  return body === null || own['content-type'] !== undefined ? {} : { 'content-type': body.type };
}

// Body

type RenderedBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json' | 'form'; readonly value: JsonValue };
interface BodyText {
  readonly text: string;
  readonly type: string;
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

function bodyPart(body: JsonValue, contentType: string | null): Part<RenderedBody> {
  if (body === null) return { isConstant: true, render: () => ({ kind: 'none' }) };
  if (typeof body === 'string') {
    const template = compileTemplate(body);
    return {
      isConstant: template.isConstant,
      render: (scope) => ({ kind: 'text', text: template.render(scope) }),
    };
  }
  const kind = contentType?.startsWith(FORM_TYPE) === true ? 'form' : 'json';
  const value = jsonPart(body);
  return { ...value, render: (scope) => ({ kind, value: value.render(scope) }) };
}

/** Texts inside a JSON body are templates; rendering them as JSON keeps quotes and line breaks harmless. */
function jsonPart(value: JsonValue): Part<JsonValue> {
  if (typeof value === 'string') return compileTemplate(value);
  if (typeof value !== 'object' || value === null) return { isConstant: true, render: () => value };
  if (isList(value)) {
    const parts = value.map(jsonPart);
    return {
      isConstant: parts.every((part) => part.isConstant),
      render: (scope) => parts.map((part) => part.render(scope)),
    };
  }
  const fields = Object.entries(value).map(([name, field]) => [name, jsonPart(field)] as const);
  return {
    isConstant: fields.every(([, part]) => part.isConstant),
    render: (scope) => Object.fromEntries(fields.map(([name, part]) => [name, part.render(scope)])),
  };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function bodyText(body: RenderedBody, extra: Readonly<Record<string, JsonValue>>): BodyText | null {
  switch (body.kind) {
    case 'none':
      return Object.keys(extra).length === 0 ? null : jsonBody(extra);
    case 'text':
      return withExtraText(body.text, extra);
    case 'form':
      return formBody({ ...fieldsOf(body.value), ...extra });
    case 'json':
      return jsonBody(
        Object.keys(extra).length === 0 ? body.value : { ...fieldsOf(body.value), ...extra },
      );
  }
}

function fieldsOf(value: JsonValue): Readonly<Record<string, JsonValue>> {
  if (typeof value === 'object' && value !== null && !isList(value)) return value;
  throw new Error('the body is no object, so nothing can be set in it.');
}

function withExtraText(text: string, extra: Readonly<Record<string, JsonValue>>): BodyText {
  const looksLikeJson = /^\s*[[{]/.test(text);
  if (Object.keys(extra).length === 0)
    return { text, type: looksLikeJson ? 'application/json' : 'text/plain; charset=utf-8' };
  return jsonBody({ ...fieldsOf(JSON.parse(text) as JsonValue), ...extra });
}

function jsonBody(value: JsonValue): BodyText {
  return { text: JSON.stringify(value), type: 'application/json' };
}

/** Form fields as URLSearchParams writes them; a list repeats its name. */
export function formBody(fields: Readonly<Record<string, JsonValue>>): BodyText {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? (value as readonly JsonValue[]) : [value]) {
      if (one !== null)
        parameters.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  return { text: parameters.toString(), type: FORM_TYPE };
}
