import type { Integration, Limits } from '../../../../shared/integration.ts';
import type { RunError } from '../../../../shared/run.ts';
import { part, say, type Said } from '../../../../shared/sentences.ts';
import { NO_CREDENTIALS, signed, type Credentials } from '../auth/credentials.ts';
import type { Clock } from '../../clock.ts';
import { configError, describeStatus } from '../errors.ts';
import type { Lifetime } from '../lifetime.ts';
import type { Entry, Origin, OriginGate, Verdict } from '../origin-gate.ts';
import { decideRedirect, isRedirect } from '../redirects.ts';
import { targetOf, type Target } from '../address-part.ts';
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
  /** Whether a text holds a secret of this call, which no other origin may see; null = it has none. */
  readonly holdsSecret: ((text: string) => boolean) | null;
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
  readonly url: string;
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
    let hasLeft = request.target.origin !== call.home.origin;
    if (hasLeft) request = { ...request, headers: publicHeaders(request.headers) };
    for (;;) {
      if (hasLeft && call.holdsSecret?.(request.target.href))
        return secretKeptHere(request, visited.length > 0);
      const wire = signed(request, hasLeft ? NO_CREDENTIALS : call.credentials, call.idempotent);
      const outcome = await this.#hop(trip, wire, request.target);
      if (!outcome.ok)
        return { ok: false, error: outcome.error, wasSent: outcome.wasSent, status: null };
      const { answer } = outcome;
      if (!isRedirect(answer.status)) return this.#received(trip, answer, request.target);
      visited.push(request.target.href);
      const decision = decideRedirect({
        status: answer.status,
        location: headerText(answer.headers, 'location'),
        from: new URL(request.target.href),
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

  /** One request and its answer, through the door of its origin. */
  async #hop(trip: Trip, wire: WireRequest, target: Target): Promise<Outcome> {
    const door = this.#options.gate.origin(wire.origin);
    const entering = trip.life.enter(door);
    const entry = entering instanceof Promise ? await this.#waited(entering, trip.cost) : entering;
    if (entry.kind === 'refused') return notSent(entry.error);
    let outcome: Outcome | null = null;
    try {
      outcome = await this.#begin(trip, wire, target, door, entry.noted).outcome;
      this.#note(trip, outcome);
      if (!outcome.ok && outcome.wasStale && wire.idempotent) {
        outcome = await this.#begin(trip, wire, target, door, entry.noted).outcome;
        this.#note(trip, outcome);
      }
      if (outcome.ok) this.#heed(door, outcome.answer);
      trip.life.free();
      return outcome;
    } finally {
      leave(door, trip.life.stopped === null ? outcome : null);
    }
  }

  async #waited(entering: Promise<Entry>, cost: Cost): Promise<Entry> {
    const startedAt = this.#options.clock.monotonic();
    try {
      return await entering;
    } finally {
      cost.waitMs += this.#options.clock.monotonic() - startedAt;
    }
  }

  #begin(trip: Trip, wire: WireRequest, target: Target, door: Origin, noted: number): Exchange {
    const { clock, deadlines, sockets } = this.#options;
    const { call, cost, life } = trip;
    const { limits, cutAtBytes, home, authority } = call;
    const totalDueAt = trip.totalDueAt(clock.monotonic());
    const options = { limits, totalDueAt, cutAtBytes, door, noted };
    const exchange = new Exchange(wire, options, clock, deadlines);
    const isDeclaredHost = target.hostname === home.hostname;
    const { connectMs } = limits;
    life.occupy(exchange);
    exchange.start(sockets.to({ origin: wire.origin, connectMs, isDeclaredHost, authority }));
    cost.requests++;
    call.onRequest?.(wire);
    return exchange;
  }

  #note({ cost }: Trip, { timings }: Outcome): void {
    cost.connectMs += timings.connectMs;
    cost.requestMs += timings.requestMs;
    cost.downloadMs += timings.downloadMs;
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

  #received(trip: Trip, answer: Answer, target: Target): Reply | Promise<Reply> {
    const encoding = headerText(answer.headers, 'content-encoding');
    if (encoding !== null) return this.#decoded(trip, answer, target, encoding);
    return this.#reply(answer, target, answer.body);
  }

  async #decoded(
    { call, cost }: Trip,
    answer: Answer,
    target: Target,
    encoding: string,
  ): Promise<Reply> {
    // What is cut cannot be decoded; it is an excerpt only.
    if (answer.wasCut) return this.#reply(answer, target, EMPTY);
    const startedAt = this.#options.clock.monotonic();
    const { maxBodyBytes } = call.limits;
    const decoded = await decodeBody(answer.body, encoding, maxBodyBytes, target.origin);
    cost.downloadMs += this.#options.clock.monotonic() - startedAt;
    if (decoded.ok) return this.#reply(answer, target, decoded.body);
    return { ok: false, error: decoded.error, wasSent: true, status: answer.status };
  }

  #reply(answer: Answer, target: Target, body: Uint8Array): GoodReply {
    const { status, headers, wasCut } = answer;
    const retryAfterMs = this.#retryAfterMs(answer);
    return { ok: true, status, headers, body, url: target.href, wasCut, retryAfterMs };
  }
}

const EMPTY = new Uint8Array(0);

/** Tells the door how its request ended; null = it was given up, which says nothing about the origin. */
function leave(door: Origin, outcome: Outcome | null): void {
  if (outcome === null) {
    door.leave('unknown');
    return;
  }
  const { verdict, why } = judge(outcome);
  door.leave(verdict, why);
}

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

/** An API may echo a secret in the address that it leads to. */
function secretKeptHere({ target: { origin } }: PlainRequest, wasSent: boolean): Reply {
  const error = configError('secret-in-address', say('secretInAddress', { origin }));
  return { ok: false, error, wasSent, status: null };
}

function judge(outcome: Outcome): { verdict: Verdict; why: string | Said } {
  const error = outcome.ok ? failureOf(outcome.answer.status) : outcome.error;
  if (error === null) return { verdict: 'alive', why: '' };
  if (error.kind === 'transient') return { verdict: 'failed', why: part(error) };
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
  const target = targetOf(url);
  if (keepsBody) return { method, target, headers, body: request.body };
  return { method, target, headers: withoutBodyHeaders(headers), body: null };
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
