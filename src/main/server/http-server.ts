import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { say } from '../../shared/sentences.ts';
import { languageOf } from './language.ts';
import type { Clock } from '../engine/clock.ts';
import { BadTokens } from './bad-tokens.ts';
import { refusal } from './error-answer.ts';
import { judge, presentsToken, WRONG_TOKEN } from './gate.ts';
import { rawAnswer, sendAndClose } from './security-headers.ts';
import type { ServerLimits } from './server-options.ts';

/**
 * The Node server with the gate before it: no request reaches the framework, whatever its path, method or form, that
 * was not let in here. Refused requests are answered and closed, so that nothing of their bodies is read.
 */
export interface GatedServerOptions {
  readonly token: string;
  /** Known once the server listens. */
  readonly port: () => number;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly warn: (message: string) => void;
}

/** Requests that carried the token; the open paths tell them more. */
const withToken = new WeakSet<IncomingMessage>();

export function hasToken(request: IncomingMessage): boolean {
  return withToken.has(request);
}

export function createGatedServer(options: GatedServerOptions, next: RequestListener): Server {
  const { limits } = options;
  const badTokens = new BadTokens(options.clock);
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      requestTimeout: limits.requestMs,
      headersTimeout: limits.headersMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.headersMs,
      insecureHTTPParser: false,
      // The gate says it, in the shape of every other refusal.
      requireHostHeader: false,
    },
    (request, response) => {
      if (letIn(request, response, options, badTokens)) next(request, response);
    },
  );
  server.maxConnections = limits.connections;
  // A client that asks before it sends its body gets the gate's answer first.
  server.on('checkContinue', (request, response) => {
    if (!letIn(request, response, options, badTokens)) return;
    if (Number(request.headers['content-length'] ?? 0) <= limits.bodyBytes)
      response.writeContinue();
    next(request, response);
  });
  server.on('checkExpectation', (request, response) => {
    const locale = languageOf(request.headers);
    const { status, body } = refusal('validation', say('noExpectations'), locale);
    sendAndClose(response, status, body);
  });
  server.on('connect', (request, socket) => {
    const { body } = refusal('method-not-allowed', say('noProxy'), languageOf(request.headers));
    socket.end(rawAnswer(405, 'Method Not Allowed', body));
  });
  return server;
}

function letIn(
  request: IncomingMessage,
  response: ServerResponse,
  { token, port, warn }: GatedServerOptions,
  badTokens: BadTokens,
): boolean {
  const { method = '', url: target = '', rawHeaders } = request;
  const verdict = judge({ method, target, rawHeaders }, { port: port(), token });
  if (verdict.kind === 'in') {
    if (verdict.hasToken) withToken.add(request);
    return true;
  }
  const locale = languageOf(request.headers);
  const { status, body } = refusal(verdict.code, verdict.why, locale);
  if (verdict.code !== 'unauthorized') {
    sendAndClose(response, status, body);
    return false;
  }
  const { tooMany, first, retryAfterS } = presentsToken(rawHeaders)
    ? badTokens.note()
    : { tooMany: false, first: false, retryAfterS: 0 };
  if (first)
    warn(
      'Wrong tokens were presented to the local server again and again; it now answers 429 to them.',
    );
  if (tooMany) {
    const slowDown = refusal('too-many-requests', say('tooManyTokens'), locale);
    sendAndClose(response, slowDown.status, slowDown.body, { 'retry-after': String(retryAfterS) });
  } else sendAndClose(response, status, body, { 'www-authenticate': 'Bearer' });
  return false;
}

/** Of whom no header could be read. */
const UNHEARD = 'en';

/**
 * Answers a connection on which no request could be understood. Headers that are too long to be read cannot hold our
 * token, so they are answered as any other wrong token.
 */
export function answerBadConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (error.code === 'HPE_HEADER_OVERFLOW')
    socket.end(rawAnswer(401, 'Unauthorized', refusal('unauthorized', WRONG_TOKEN, UNHEARD).body));
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
    socket.end(
      rawAnswer(
        408,
        'Request Timeout',
        refusal('validation', say('requestTookTooLong'), UNHEARD).body,
      ),
    );
  else
    socket.end(
      rawAnswer(400, 'Bad Request', refusal('validation', say('requestNotHttp'), UNHEARD).body),
    );
}
