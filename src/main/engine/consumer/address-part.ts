import type { Integration } from '../../../shared/integration.ts';
import { SaidError, say } from '../../../shared/sentences.ts';
import type { Part, Rendering } from './request-part.ts';
import { compileTemplate, hasMarkup } from './template.ts';

/** The address of a request: its templates, its query, and what of it must be known before anything is rendered. */

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

/** `https://host/` and more, before any markup: the part that a template must not touch when secrets are used. */
const LITERAL_ORIGIN = /^https?:\/\/[^/?#{]+[/?#]/i;

/** The origin that an address has whatever its templates render; null when they have a say in it. */
export function literalOrigin(address: string): string | null {
  const literal = hasMarkup(address) ? LITERAL_ORIGIN.exec(address)?.[0] : address;
  return literal !== undefined && URL.canParse(literal) ? new URL(literal).origin : null;
}

/** Throws when it is compiled or rendered and there is no address to call. */
export function addressPart(request: Integration['request']): Part<URL> {
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
  if (!URL.canParse(text)) throw new SaidError(say('addressNotUrl'));
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SaidError(say('addressScheme', { scheme: url.protocol }));
  if (url.username !== '' || url.password !== '') throw new SaidError(say('addressCredentials'));
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
