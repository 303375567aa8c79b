import type { Dispatcher } from 'undici';
import type { Limits, Method } from '../../../../shared/integration.ts';
import type { RunError } from '../../../../shared/run.ts';
import { asError } from '../../../../shared/errors.ts';
import { say } from '../../../../shared/sentences.ts';
import type { Clock } from '../../clock.ts';
import {
  bodyLimitHit,
  describeNetworkFailure,
  failureCode,
  runError,
  timeLimitHit,
  type TimeLimit,
} from '../errors.ts';
import type { Origin } from '../origin-gate.ts';
import type { UnderWay } from '../lifetime.ts';
import type { Deadlines, Due } from './deadlines.ts';
import { headerText, type ResponseHeaders } from './headers.ts';
import { ReceivedBody } from './received-body.ts';
import type { OriginSockets } from './sockets.ts';

/**
 * One request on one socket and its whole answer, still encoded:
 *
 *     connecting --socket--> waiting --status line--> receiving --last byte--> done
 *
 * Each phase has its own limit, and all of them together the total one; undici's own timeouts are off because a slow
 * drip never trips them. Bodies are always read to their end or their socket is destroyed.
 */
export interface WireRequest {
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: Method;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly idempotent: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: Buffer;
  /** The rest of the body was not read, as the caller wanted. */
  readonly wasCut: boolean;
}

export interface Timings {
  readonly connectMs: number;
  readonly requestMs: number;
  readonly downloadMs: number;
}

export type Outcome =
  | { readonly ok: true; readonly answer: Answer; readonly timings: Timings }
  | {
      readonly ok: false;
      readonly error: RunError;
      readonly timings: Timings;
      /** Whether bytes of the request can have reached the server. */
      readonly wasSent: boolean;
      /** A kept-alive connection was closed by the server just as it was used again: no fault of anybody. */
      readonly wasStale: boolean;
    };

export interface ExchangeOptions {
  readonly limits: Limits;
  /** Monotonic: when the whole request, redirects included, must be over. */
  readonly totalDueAt: number;
  /** Bytes after which the rest is not wanted; Infinity = a larger body than allowed is an error. */
  readonly cutAtBytes: number;
  /** Told when the request is written. */
  readonly door: Origin;
  readonly noted: number;
}

const NOTHING_RECEIVED = new ReceivedBody(0, 0);
const ERROR_BODY_BYTES = 64 * 1024;
const GIVEN_UP = runError('cancelled', 'internal', say('givenUp'));

type Phase = 'connecting' | 'waiting' | 'receiving' | 'done';
type Controller = Dispatcher.DispatchController;

export class Exchange implements Dispatcher.DispatchHandler, Due, UnderWay {
  readonly outcome: Promise<Outcome>;
  dueAt: number;
  readonly #request: WireRequest;
  readonly #options: ExchangeOptions;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  #settle: (outcome: Outcome) => void = () => undefined;
  #sockets: OriginSockets | null = null;
  #connectsBefore = 0;
  #isReused = false;
  #controller: Controller | null = null;
  #phase: Phase = 'connecting';
  readonly #startedAt: number;
  #sentAt = 0;
  #answeredAt = 0;
  #status = 0;
  #headers: ResponseHeaders = {};
  #body = NOTHING_RECEIVED;

  constructor(request: WireRequest, options: ExchangeOptions, clock: Clock, deadlines: Deadlines) {
    this.#request = request;
    this.#options = options;
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
    this.#startedAt = clock.monotonic();
    this.dueAt = this.#until(this.#startedAt + options.limits.connectMs);
  }

  /** Sends the request; the outcome always comes, also when undici refuses the request itself. */
  start(sockets: OriginSockets): void {
    const { origin, path, method, headers, body, idempotent } = this.#request;
    this.#deadlines.watch(this);
    this.#sockets = sockets;
    sockets.inUse++;
    this.#connectsBefore = sockets.connects;
    try {
      sockets.dispatcher.dispatch({ origin, path, method, headers, body, idempotent }, this);
    } catch (error) {
      this.#fail(describeNetworkFailure(error, this.#request.origin, false));
    }
  }

  /** The outcome is then an error that nobody is told. */
  giveUp(): void {
    this.#fail(GIVEN_UP);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#phase === 'done') {
      controller.abort(new Error('given up while connecting'));
      return;
    }
    this.#phase = 'waiting';
    this.#isReused = this.#sockets?.connects === this.#connectsBefore;
    this.#sentAt = this.#clock.monotonic();
    this.dueAt = this.#until(this.#sentAt + this.#options.limits.headersMs);
    this.#options.door.sent(this.#options.noted);
  }

  onResponseStart(_controller: Controller, status: number, headers: ResponseHeaders): void {
    if (this.#phase === 'done' || status < 200) return;
    this.#phase = 'receiving';
    this.#status = status;
    this.#headers = headers;
    this.#answeredAt = this.#clock.monotonic();
    this.dueAt = this.#until(this.#answeredAt + this.#options.limits.idleMs);
    const announced = Number(headerText(headers, 'content-length') ?? 0);
    const { maxBodyBytes } = this.#options.limits;
    this.#body = new ReceivedBody(Math.min(announced, maxBodyBytes), maxBodyBytes);
    if (announced > maxBodyBytes && !this.#wantsPart && this.#request.method !== 'HEAD')
      this.#fail(bodyLimitHit(maxBodyBytes, this.#request.origin));
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#phase === 'done') return;
    this.#body.add(chunk);
    this.dueAt = this.#until(this.#clock.monotonic() + this.#options.limits.idleMs);
    const { size } = this.#body;
    if (size > this.#cutAt) this.#succeed(true);
    else if (size > this.#options.limits.maxBodyBytes)
      this.#fail(bodyLimitHit(this.#options.limits.maxBodyBytes, this.#request.origin));
  }

  onResponseEnd(): void {
    this.#succeed(false);
  }

  onResponseError(_controller: Controller, error: Error): void {
    if (this.#phase === 'done') return;
    const { origin } = this.#request;
    const hasAnswer = this.#phase === 'receiving';
    this.#fail(describeNetworkFailure(error, origin, hasAnswer), isBrokenConnection(error));
  }

  onDue(now: number): void {
    const limit = now >= this.#options.totalDueAt ? 'totalMs' : LIMIT_OF_PHASE[this.#phase];
    this.#fail(timeLimitHit(limit, this.#options.limits[limit], this.#request.origin));
  }

  get #wantsPart(): boolean {
    return this.#cutAt !== Infinity;
  }

  /** Of an error only an excerpt is shown; reading all of it would serve nobody. */
  get #cutAt(): number {
    return this.#status >= 300 ? ERROR_BODY_BYTES : this.#options.cutAtBytes;
  }

  #until(phaseEnd: number): number {
    return Math.min(phaseEnd, this.#options.totalDueAt);
  }

  #succeed(wasCut: boolean): void {
    if (this.#phase === 'done') return;
    const timings = this.#timings();
    this.#finish();
    if (wasCut) this.#controller?.abort(new Error('the rest is not wanted'));
    const answer = {
      status: this.#status,
      headers: this.#headers,
      body: this.#body.take(),
      wasCut,
    };
    this.#settle({ ok: true, answer, timings });
  }

  #fail(error: RunError, isBroken = false): void {
    if (this.#phase === 'done') return;
    const timings = this.#timings();
    const wasSent = this.#phase !== 'connecting';
    const wasStale = isBroken && this.#isReused && this.#phase === 'waiting';
    this.#finish();
    this.#controller?.abort(asError(error.message));
    this.#settle({ ok: false, error, timings, wasSent, wasStale });
  }

  #finish(): void {
    this.#phase = 'done';
    this.dueAt = Infinity;
    this.#deadlines.leave(this);
    if (this.#sockets !== null) this.#sockets.inUse--;
  }

  #timings(): Timings {
    const now = this.#clock.monotonic();
    const sentAt = this.#phase === 'connecting' ? now : this.#sentAt;
    const answeredAt = this.#phase === 'receiving' ? this.#answeredAt : now;
    return {
      connectMs: sentAt - this.#startedAt,
      requestMs: answeredAt - sentAt,
      downloadMs: now - answeredAt,
    };
  }
}

const LIMIT_OF_PHASE: Readonly<Record<Phase, TimeLimit>> = {
  connecting: 'connectMs',
  waiting: 'headersMs',
  receiving: 'idleMs',
  done: 'totalMs',
};

const BROKEN_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function isBrokenConnection(error: Error): boolean {
  return BROKEN_CONNECTION.has(failureCode(error));
}
