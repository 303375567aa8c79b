import type { Integration } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { part, say, toldBy } from '../../../shared/sentences.ts';
import type { PlanRules } from '../validator/page.ts';
import { Authenticator } from './auth/authenticator.ts';
import type { TokenSource } from './auth/tokens.ts';
import { configError } from './errors.ts';
import type { Home } from './http/http-client.ts';
import { readAuthority } from './http/authority.ts';
import type { Authority } from './http/sockets.ts';
import { createPaginator } from './pagination/create-paginator.ts';
import type { Paginator } from './pagination/paginator.ts';
import { literalOrigin } from './address-part.ts';
import { planRequest, type RequestPlan } from './request-plan.ts';
import type { Vault } from './secrets/vault.ts';

/** An integration, compiled: what all its attempts share. */
export interface ApiPlan {
  readonly planId: number;
  readonly integration: Integration;
  readonly request: RequestPlan;
  /** null with `records: null`. */
  readonly rules: PlanRules | null;
  readonly auth: Authenticator;
  readonly paginator: Paginator;
  /** null when templates decide where requests go. */
  readonly home: Home | null;
  /** Query parameters that hold a secret; an address that echoes them loses them before it is kept. */
  readonly secretParameters: readonly string[];
  /** Certificates that are trusted beside the usual ones. */
  readonly authority: Authority | null;
}

export interface PlanServices {
  readonly vault: Vault;
  readonly tokens: TokenSource;
  readonly prepareRules: (integration: Integration) => PlanRules;
}

export type PlanOrError =
  { readonly ok: true; readonly plan: ApiPlan } | { readonly ok: false; readonly error: RunError };

export function createPlan(
  planId: number,
  integration: Integration,
  services: PlanServices,
): PlanOrError {
  try {
    const { auth, records, tls } = integration;
    const authority = tls.caFile === null ? null : readAuthority(tls.caFile);
    const plan: ApiPlan = {
      planId,
      integration,
      request: planRequest(integration),
      rules: records === null ? null : services.prepareRules(integration),
      auth: new Authenticator(integration, authority, services.vault, services.tokens),
      paginator: createPaginator(records === null ? { kind: 'none' } : integration.pagination),
      home: homeOf(integration.request.url),
      secretParameters: 'in' in auth && auth.in === 'query' ? [auth.name] : [],
      authority,
    };
    return { ok: true, plan };
  } catch (error) {
    const why = part(toldBy(error));
    return { ok: false, error: configError('bad-template', say('integrationUnusable', { why })) };
  }
}

function homeOf(address: string): Home | null {
  const origin = literalOrigin(address);
  return origin === null ? null : { origin, hostname: new URL(origin).hostname };
}
