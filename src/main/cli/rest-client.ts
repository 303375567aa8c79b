import type { Api, Command, CommandTable } from '../../shared/command.ts';
import { ERROR_CODES, PontualError, type ErrorBody, type ErrorCode } from '../../shared/errors.ts';
import { say } from '../../shared/sentences.ts';
import { API_PREFIX } from '../server/server-options.ts';

/** A running engine: where it listens and what opens it. */
export interface Endpoint {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  /** Of what is refused; English without it. */
  readonly language?: string;
}

/** A request as HTTP puts it: what the server takes apart again. */
export interface CommandRequest {
  readonly method: Command['method'];
  /** With the query, if any. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/**
 * One function a command, made from the same table as the server's routes. A refused command rejects with the
 * `PontualError` that the engine answered; an engine that cannot be reached rejects with a sentence.
 */
export function createRestClient<T extends CommandTable>(table: T, endpoint: Endpoint): Api<T> {
  const functions = Object.entries(table).map(([name, command]) => [
    name,
    (input: object) => call(command, endpoint, input),
  ]);
  // Each name is paired with its own command above, which the compiler cannot see through `fromEntries`.
  return Object.fromEntries(functions) as Api<T>;
}

/** Where each field of an input goes. Pure. */
export function commandRequest(command: Command, input: object): CommandRequest {
  const fields = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const take = (name: string): unknown => {
    const value: unknown = fields.get(name);
    fields.delete(name);
    return value;
  };
  const path = command.path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(asText(take(name))),
  );
  const headers: Record<string, string> = { 'x-pontual-client': 'cli' };
  for (const [header, name] of Object.entries(command.headers ?? {})) {
    const value = take(name);
    if (value !== undefined) headers[header] = asText(value);
  }
  const { method } = command;
  if (method === 'GET' || method === 'DELETE') {
    const query = new URLSearchParams();
    for (const [name, value] of fields) query.set(name, asText(value));
    const suffix = query.size === 0 ? '' : `?${query.toString()}`;
    return { method, path: API_PREFIX + path + suffix, headers, body: null };
  }
  headers['content-type'] = 'application/json';
  const body = JSON.stringify(Object.fromEntries(fields));
  return { method, path: API_PREFIX + path, headers, body };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

async function call(command: Command, endpoint: Endpoint, input: object): Promise<unknown> {
  const { method, path, headers, body } = commandRequest(command, input);
  const response = await reachWell(endpoint, path, { method, headers, body });
  const text = await response.text();
  if (response.status === 204) return null;
  return command.produces === 'text/plain' ? text : (JSON.parse(text) as unknown);
}

/** As `reach`; rejects with what the engine says when it refuses. */
export async function reachWell(
  endpoint: Endpoint,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const response = await reach(endpoint, path, init);
  if (response.ok) return response;
  throw answeredError(response.status, await response.text());
}

/** Any request to the engine, with its token. */
export async function reach(
  { url, token, language = 'en' }: Endpoint,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = {
    ...(init.headers as Record<string, string>),
    authorization: `Bearer ${token}`,
    'accept-language': language,
  };
  try {
    return await fetch(url + path, { ...init, headers });
  } catch (error) {
    throw new PontualError('degraded', say('nothingAnswers', { url }), {
      cause: error,
    });
  }
}

function answeredError(status: number, text: string): PontualError {
  const body = errorBody(text);
  if (body) return new PontualError(body.code, body.message, { details: body.details });
  return new PontualError('internal', say('engineAnswered', { status }));
}

function errorBody(text: string): ErrorBody | null {
  try {
    const { error } = JSON.parse(text) as { error?: Partial<ErrorBody> };
    if (typeof error?.message !== 'string' || !isErrorCode(error.code)) return null;
    return { code: error.code, message: error.message, details: error.details ?? [] };
  } catch {
    return null;
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
