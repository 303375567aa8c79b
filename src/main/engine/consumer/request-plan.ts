import type { Integration, Method } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { say } from '../../../shared/sentences.ts';
import type { JsonValue } from '../../../shared/values.ts';
import { addressPart, setQuery, targetOf, type Target } from './address-part.ts';
import { bodyPart, bodyText, type BodyText } from './body-part.ts';
import { configError } from './errors.ts';
import { contentTypeOf, headersPart } from './header-part.ts';
import { firstLine, type Scope } from './template.ts';

/**
 * A declared request, compiled once: what is constant in it is made once, what is a template is rendered for each
 * page. Secrets are not in here; they are attached last (auth/credentials.ts).
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
      const why = firstLine(error);
      return { ok: false, error: configError('bad-template', say('templatesFail', { why })) };
    }
  };
  return { method, idempotent, render };
}

function typeHeader(own: Record<string, string>, body: BodyText | null): Record<string, string> {
  return body === null || own['content-type'] !== undefined ? {} : { 'content-type': body.type };
}
