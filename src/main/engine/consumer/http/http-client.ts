import type { Integration, Limits } from '../../../../shared/integration.ts';
import type { RunError } from '../../../../shared/run.ts';
import { NO_CREDENTIALS, signed, type Credentials } from '../auth/credentials.ts';
import type { Clock } from '../../clock.ts';
import { describeStatus } from '../errors.ts';
import type { Lifetime } from '../lifetime.ts';
import type { Entry, Origin, OriginGate, Verdict } from '../origin-gate.ts';
import { decideRedirect, isRedirect } from '../redirects.ts';
import type { PlainRequest } from '../request-plan.ts';
import { parseRetryAfter } from '../retry-timing.ts';
import { decodeBody } from './decoding.ts';
import type { Deadlines } from './deadlines.ts';
import { Exchange, type Answer, type Outcome, type WireRequest } from './exchange.ts';
import { headerText, type ResponseHeaders } from './headers.ts';
import type { Authority, Sockets } from './sockets.ts';

/** Sends requests: through the door of their origin, along redirects, within the total deadline. */
export interface Call {
  readonly request: PlainRequest;
  readonly idempotent: boolean;
  readonly limits: Limits;
  readonly redirects: Integration['redirects'];
  /** What the person declared: the only origin that gets credentials and private headers. */
  readonly home: Home;
  readonly authority: Authority | null;
  readonly credentials: Credentials;
  /** Bytes after which the rest is not wanted, Infinity = all of it. */
  readonly cutAtBytes: number;
  /** Told of each request as it goes on the wire. */
  readonly onRequest: ((wire: WireRequest) => void) | null;
}

/** Its host may lie on this machine or in a private network, because the person wrote it. */
export interface Home {
  readonly origin: string;
  readonly hostname: string;
}

/** What a call took, in ms and requests; calls for one page add up. */
export interface Cost {
  /** In line at the origin. */
  waitMs: number;
  connectMs: number;
  requestMs: number;
  downloadMs: number;
  /** Requests that were sent, those to follow redirects included. */
  requests: number;
}

export interface GoodReply {
  readonly ok: true;
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Decoded. */
  readonly body: Uint8Array;
  /** After redirects. */
  readonly url: URL;
  readonly wasCut: boolean;
  readonly retryAfterMs: number | null;
}

export type Reply =
  | GoodReply
  | {
      readonly ok: false;
      readonly error: RunError;
      /** Whether bytes of the request can have reached the server. */
      readonly wasSent: boolean;
      readonly status: number | null;
    };

export interface HttpClientOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly sockets: Sockets;
  readonly gate: OriginGate;
}

export function noCost(): Cost {
  return { waitMs: 0, connectMs: 0, requestMs: 0, downloadMs: 0, requests: 0 };
}

export class HttpClient {
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /** Every failure is a reply; throws only `Stopped`. What it took is added to `cost` in any case. */
  async send(call: Call, life: Lifetime, cost: Cost): Promise<Reply> {
    const trip = new Trip(call, life, cost);
    const visited: string[] = [];
    let { request } = call;
    let hasLeft = request.url.origin !== call.home.origin;
    if (hasLeft) request = { ...request, headers: publicHeaders(request.headers) };
    for (;;) {
      const wire = signed(request, hasLeft ? NO_CREDENTIALS : call.credentials, call.idempotent);
      const outcome = await this.#hop(trip, wire, request.url);
      if (!outcome.ok)
        return { ok: false, error: outcome.error, wasSent: outcome.wasSent, status: null };
      const { answer } = outcome;
      if (!isRedirect(answer.status)) return this.#received(trip, answer, request.url);
      visited.push(request.url.href);
      const decision = decideRedirect({
        status: answer.status,
        location: headerText(answer.headers, 'location'),
        from: request.url,
        method: request.method,
        policy: call.redirects,
        visited,
      });
      if (decision.kind === 'refuse')
        return { ok: false, error: decision.error, wasSent: true, status: answer.status };
      hasLeft ||= decision.url.origin !== call.home.origin;
      request = redirected(request, decision, hasLeft);
    }
  }

  /** One request and its answer. Somebody who waits in line for long is given the waited time back. */
  async #hop(trip: Trip, wire: WireRequest, url: URL): Promise<Outcome> {
    const origin = this.#options.gate.origin(wire.origin);
    const entry = await this.#enter(origin, trip);
    if (entry.kind === 'refused') return notSent(entry.error);
    let verdict: Verdict = 'unknown';
    let why = '';
    try {
      const outcome = await this.#exchange(trip, wire, url, () => origin.sent(entry.noted));
      ({ verdict, why } = judge(outcome));
      if (outcome.ok) this.#heed(origin, outcome.answer);
      return outcome;
    } finally {
      origin.leave(verdict, why);
    }
  }

  async #enter(origin: Origin, trip: Trip): Promise<Entry> {
    const entering = trip.life.enter(origin);
    if (!(entering instanceof Promise)) return entering;
    const startedAt = this.#options.clock.monotonic();
    try {
      return await entering;
    } finally {
      trip.cost.waitMs += this.#options.clock.monotonic() - startedAt;
    }
  }

  async #exchange(trip: Trip, wire: WireRequest, url: URL, onSent: () => void): Promise<Outcome> {
    const first = await this.#tryOnce(trip, wire, url, onSent);
    if (first.ok || !first.wasStale || !wire.idempotent) return first;
    return this.#tryOnce(trip, wire, url, onSent);
  }

  async #tryOnce(trip: Trip, wire: WireRequest, url: URL, onSent: () => void): Promise<Outcome> {
    const { clock, deadlines, sockets } = this.#options;
    const { call, cost } = trip;
    const { limits, cutAtBytes, home, authority } = call;
    const options = { limits, totalDueAt: trip.totalDueAt(clock.monotonic()), cutAtBytes, onSent };
    const exchange = new Exchange(wire, options, clock, deadlines);
    const isDeclaredHost = url.hostname === home.hostname;
    const { connectMs } = limits;
    exchange.start(sockets.to({ origin: wire.origin, connectMs, isDeclaredHost, authority }));
    cost.requests++;
    call.onRequest?.(wire);
    const outcome = await trip.life.guard(exchange.outcome, () => exchange.abort(GIVEN_UP));
    cost.connectMs += outcome.timings.connectMs;
    cost.requestMs += outcome.timings.requestMs;
    cost.downloadMs += outcome.timings.downloadMs;
    return outcome;
  }

  /** "Come back later" is meant for every job that calls this origin. */
  #heed(origin: Origin, answer: Answer): void {
    const retryAfterMs = this.#retryAfterMs(answer);
    if (retryAfterMs !== null) origin.hold(retryAfterMs);
  }

  #retryAfterMs({ status, headers }: Answer): number | null {
    if (status !== 429 && status !== 503) return null;
    return parseRetryAfter(headerText(headers, 'retry-after'), this.#options.clock.now());
  }

  async #received({ call, cost }: Trip, answer: Answer, url: URL): Promise<Reply> {
    const { status, headers, wasCut } = answer;
    const retryAfterMs = this.#retryAfterMs(answer);
    const encoding = headerText(headers, 'content-encoding');
    const startedAt = this.#options.clock.monotonic();
    const { maxBodyBytes } = call.limits;
    // What is cut cannot be decoded; it is an excerpt only.
    const decoded =
      wasCut && encoding !== null
        ? EMPTY
        : await decodeBody(answer.body, encoding, maxBodyBytes, url.origin);
    cost.downloadMs += this.#options.clock.monotonic() - startedAt;
    if (!decoded.ok) return { ok: false, error: decoded.error, wasSent: true, status };
    return { ok: true, status, headers, body: decoded.body, url, wasCut, retryAfterMs };
  }
}

const EMPTY = { ok: true, body: Buffer.alloc(0) } as const;
const GIVEN_UP: RunError = {
  code: 'cancelled',
  kind: 'internal',
  message: 'The request was given up.',
};

/** A call under way and its total deadline, which stands still while somebody waits for long. */
class Trip {
  readonly call: Call;
  readonly life: Lifetime;
  readonly cost: Cost;
  #dueAt: number | null = null;
  #pausedMs = 0;

  constructor(call: Call, life: Lifetime, cost: Cost) {
    this.call = call;
    this.life = life;
    this.cost = cost;
  }

  totalDueAt(now: number): number {
    const { pausedMs } = this.life;
    this.#dueAt =
      this.#dueAt === null
        ? now + this.call.limits.totalMs
        : this.#dueAt + pausedMs - this.#pausedMs;
    this.#pausedMs = pausedMs;
    return this.#dueAt;
  }
}

function notSent(error: RunError): Outcome {
  const timings = { connectMs: 0, requestMs: 0, downloadMs: 0 };
  return { ok: false, error, timings, wasSent: false, wasStale: false };
}

function judge(outcome: Outcome): { verdict: Verdict; why: string } {
  const error = outcome.ok ? failureOf(outcome.answer.status) : outcome.error;
  if (error === null) return { verdict: 'alive', why: '' };
  if (error.kind === 'transient') return { verdict: 'failed', why: error.message };
  return { verdict: outcome.ok ? 'alive' : 'unknown', why: '' };
}

function failureOf(status: number): RunError | null {
  return status < 400 ? null : describeStatus(status, { retryAfterMs: null, excerpt: '' });
}

function redirected(
  request: PlainRequest,
  { url, method, keepsBody }: { url: URL; method: PlainRequest['method']; keepsBody: boolean },
  hasLeft: boolean,
): PlainRequest {
  const headers = hasLeft ? publicHeaders(request.headers) : request.headers;
  if (keepsBody) return { method, url, headers, body: request.body };
  return { method, url, headers: withoutBodyHeaders(headers), body: null };
}

/** Any other header may be a key that somebody typed in: a foreign origin gets these alone. */
const PUBLIC_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'user-agent',
]);

function publicHeaders(headers: PlainRequest['headers']): PlainRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PUBLIC_HEADERS.has(name)));
}

function withoutBodyHeaders(headers: PlainRequest['headers']): PlainRequest['headers'] {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('content-')),
  );
}
