import type { RunError } from '../../../shared/run.ts';
import { withTexts } from '../../../shared/sentences.ts';
import type { AttemptRequest } from '../pool/protocol.ts';
import type { ApiPlan } from './api-plan.ts';
import { NO_CREDENTIALS, type Credentials } from './auth/credentials.ts';
import { describeStatus } from './errors.ts';
import type { WireRequest } from './http/exchange.ts';
import type { Call, Cost, GoodReply, Home, HttpClient, Reply } from './http/http-client.ts';
import { sinceValue, type Incremental } from './incremental.ts';
import type { Lifetime } from './lifetime.ts';
import type { NetworkWatch } from './network-watch.ts';
import type { OriginGate } from './origin-gate.ts';
import type { PageToken, Paginator } from './pagination/paginator.ts';
import {
  NO_EXTRA,
  type ExtraParameters,
  type PlainRequest,
  type Rendered,
} from './request-plan.ts';
import { retryDelayMs } from './retry-timing.ts';
import type { Vault } from './secrets/vault.ts';

export interface FetchServices {
  readonly http: HttpClient;
  readonly gate: OriginGate;
  readonly vault: Vault;
  readonly networkWatch: NetworkWatch;
  /** 0 <= x < 1. */
  readonly random: () => number;
}

/** Is shown every exchange for a page, secrets included: it masks. */
export interface FetchObserver {
  readonly onRequest: (wire: WireRequest) => void;
  readonly onReply: (reply: GoodReply) => void;
}

export type Fetched =
  | { readonly ok: true; readonly reply: GoodReply }
  | { readonly ok: false; readonly error: RunError; readonly status: number | null };

/** Of a body that is not kept as records, this much is kept as the run's result. */
export const RESULT_BYTES = 64 * 1024;
const EXCERPT_CHARS = 2048;

/** Gets the pages of one attempt: makes the requests and asks again where that may help. */
export class PageFetcher {
  readonly #plan: ApiPlan;
  readonly #request: AttemptRequest;
  readonly #paginator: Paginator;
  readonly #life: Lifetime;
  readonly #services: FetchServices;
  readonly #observer: FetchObserver | null;

  constructor(
    plan: ApiPlan,
    request: AttemptRequest,
    paginator: Paginator,
    life: Lifetime,
    services: FetchServices,
    observer: FetchObserver | null,
  ) {
    this.#plan = plan;
    this.#request = request;
    this.#paginator = paginator;
    this.#life = life;
    this.#services = services;
    this.#observer = observer;
  }

  /** The request for a page, without credentials. */
  render(token: PageToken): Rendered {
    return this.#plan.request.render(this.#request.template, this.#extra(token));
  }

  /** Text that may leave the program. */
  masked(text: string): string {
    return this.#plan.auth.isNeeded ? this.#services.vault.masker.mask(text) : text;
  }

  /** Asks until there is an answer that can be used or nothing more to be tried. Throws only `Stopped`. */
  async fetch(request: PlainRequest, token: PageToken, cost: Cost): Promise<Fetched> {
    const home = this.#home(request, token);
    let hasRenewed = false;
    const { networkWatch } = this.#services;
    for (let tries = 1; ;) {
      const making = this.#plan.auth.credentials(home.origin, this.#life, cost);
      const made = making instanceof Promise ? await making : making;
      const credentials = made.ok ? made.credentials : NO_CREDENTIALS;
      const reply = made.ok
        ? await this.#send(request, home, credentials, cost)
        : notAsked(made.error);
      if (reply.ok) this.#observer?.onReply(reply);
      if (reply.ok && this.#isUsable(reply.status))
        return { ok: true, reply: await this.#clean(reply, credentials) };
      if (reply.status === 401 && !hasRenewed && this.#plan.auth.renew(credentials)) {
        hasRenewed = true;
        continue;
      }
      const error = reply.ok ? this.#describe(reply) : this.#maskedError(reply.error);
      if (networkWatch.isOffline(error)) {
        await this.#waited(networkWatch.back(this.#life), cost);
        continue;
      }
      const delayMs = this.#retryDelay(error, tries++, reply.ok || reply.wasSent);
      if (delayMs === null) return { ok: false, error, status: reply.status };
      // The origin's own "come back later" is kept at its door, for everybody.
      if (error.retryAfterMs === undefined)
        await this.#waited(this.#life.sleep('backoff', delayMs), cost);
    }
  }

  async #waited(wait: Promise<void>, cost: Cost): Promise<void> {
    const { clock } = this.#life;
    const startedAt = clock.monotonic();
    await wait;
    cost.waitMs += clock.monotonic() - startedAt;
  }

  #send(request: PlainRequest, home: Home, credentials: Credentials, cost: Cost): Promise<Reply> {
    const { integration, rules, planId, authority } = this.#plan;
    const { limits, redirects } = integration;
    const { gate, http } = this.#services;
    gate.declare(request.target.origin, planId, integration);
    const call: Call = {
      request,
      idempotent: integration.request.idempotent,
      limits,
      redirects,
      home,
      authority,
      credentials,
      cutAtBytes: rules === null ? RESULT_BYTES : Infinity,
      holdsSecret: this.#plan.auth.isNeeded
        ? (text) => this.#plan.auth.masker(credentials).finds(text)
        : null,
      onRequest: this.#observer?.onRequest ?? null,
    };
    return http.send(call, this.#life, cost);
  }

  /** What paging and incremental reading add; nothing for most single requests, which are made only once then. */
  #extra(token: PageToken): ExtraParameters {
    const { incremental } = this.#plan.integration;
    const address = this.#paginator.address(token);
    const query = this.#paginator.parameters(token);
    const since = incremental === null ? null : sinceValue(incremental, this.#request.watermark);
    if (incremental === null || since === null)
      return query.length === 0 && address === null ? NO_EXTRA : { ...NO_EXTRA, query, address };
    const { parameter } = incremental;
    // An address that the API gave says since when already.
    const inQuery = incremental.in === 'query' && address === null;
    return {
      query: inQuery ? [[parameter, since], ...query] : query,
      headers: incremental.in === 'header' ? { [parameter.toLowerCase()]: since } : {},
      body: incremental.in === 'body' ? { [parameter]: bodyValue(since, incremental.format) } : {},
      address,
    };
  }

  /** What the person declared, also while the API's own addresses lead elsewhere. */
  #home(request: PlainRequest, token: PageToken): Home {
    if (this.#plan.home !== null) return this.#plan.home;
    if (this.#paginator.address(token) === null) return request.target;
    const declared = this.#plan.request.render(this.#request.template, NO_EXTRA);
    return declared.ok ? declared.request.target : request.target;
  }

  #retryDelay(error: RunError, tries: number, wasSent: boolean): number | null {
    const { retry, request } = this.#plan.integration;
    const isIdempotent = request.idempotent;
    return retryDelayMs({ error, tries, isIdempotent, wasSent }, retry, this.#services.random);
  }

  #isUsable(status: number): boolean {
    if (this.#plan.rules === null) return status >= 200 && status < 300;
    return (status >= 200 && status <= 205) || status === 304;
  }

  /** A service may echo what it was sent: credentials must not become data. */
  #clean(reply: GoodReply, credentials: Credentials): GoodReply | Promise<GoodReply> {
    if (!this.#plan.auth.isNeeded) return reply;
    const clean = this.#plan.auth.masker(credentials).maskBytes(reply.body);
    if (!(clean instanceof Promise)) return { ...reply, body: clean };
    return this.#life.guard(
      clean.then((body) => ({ ...reply, body })),
      SOON_OVER,
    );
  }

  #describe({ status, body, retryAfterMs }: GoodReply): RunError {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    const excerpt = this.masked(text).slice(0, EXCERPT_CHARS);
    return describeStatus(status, { retryAfterMs, excerpt });
  }

  #maskedError(error: RunError): RunError {
    const { message, says } = error;
    const told = says === undefined ? {} : { says: withTexts(says, (text) => this.masked(text)) };
    return { ...error, message: this.masked(message), ...told };
  }
}

/** What was begun needs no giving up. */
const SOON_OVER = (): void => undefined;

/** Without credentials nothing is sent. */
function notAsked(error: RunError): Reply {
  return { ok: false, error, wasSent: false, status: null };
}

function bodyValue(since: string, format: Incremental['format']): string | number {
  const isNumber = format === 'epoch-s' || format === 'epoch-ms' || format === 'number';
  return isNumber && Number.isSafeInteger(Number(since)) ? Number(since) : since;
}
