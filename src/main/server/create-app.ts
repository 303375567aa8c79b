import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { asError, PontualError } from '../../shared/errors.ts';
import { say } from '../../shared/sentences.ts';
import type { Clock } from '../engine/clock.ts';
import { errorAnswer } from './error-answer.ts';
import { answerBadConnection, createGatedServer } from './http-server.ts';
import { languageOf } from './language.ts';
import { JSON_TYPE, SECURITY_HEADERS } from './security-headers.ts';
import type { LocalServerOptions, ServerLimits } from './server-options.ts';
import { parseStrictJson } from './strict-json.ts';
import { parseYamlBody, YAML_TYPES } from './yaml-document.ts';

export interface AppOptions {
  readonly token: string;
  readonly clock: Clock;
  readonly log: LocalServerOptions<never>['log'];
  readonly limits: ServerLimits;
  /** Known once the server listens. */
  readonly port: () => number;
}

/** The framework, set up to take strict JSON only, to answer every error in one shape, and to sit behind the gate. */
export function createApp({ token, clock, log, limits, port }: AppOptions): FastifyInstance {
  const warn = (message: string) => log('warn', message, {});
  const app = fastify({
    bodyLimit: limits.bodyBytes,
    exposeHeadRoutes: false,
    logger: false,
    routerOptions: { maxParamLength: limits.headerBytes },
    clientErrorHandler: answerBadConnection,
    frameworkErrors: (error, request, reply) => {
      void sendError(error, request, reply, log);
    },
    serverFactory: (handler) =>
      createGatedServer({ token, port, clock, limits, warn }, (request, response) => {
        handler(request, response);
      }),
  });
  takeStrictBodies(app);
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    done();
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
  app.setNotFoundHandler(({ url }) => {
    throw new PontualError('not-found', say('nothingAt', { path: url.split('?')[0] ?? '' }));
  });
  return app;
}

/** JSON, and YAML where a command takes documents. */
function takeStrictBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const take = (types: readonly string[], parse: (body: Buffer) => unknown) =>
    app.addContentTypeParser<Buffer>([...types], { parseAs: 'buffer' }, (request, body, done) => {
      try {
        const isYaml = types === YAML_TYPES;
        if (isYaml && !request.routeOptions.config.takesYaml)
          throw new PontualError('unsupported-media-type', say('bodyMustBeJsonHere'));
        done(null, parseBody(request, body, parse));
      } catch (error) {
        done(asError(error));
      }
    });
  take(['application/json'], parseStrictJson);
  take(YAML_TYPES, parseYamlBody);
}

function parseBody(
  request: FastifyRequest,
  body: Buffer,
  parse: (body: Buffer) => unknown,
): unknown {
  if (request.headers['content-encoding'] !== undefined)
    throw new PontualError('unsupported-media-type', say('bodyNotCompressed'));
  return body.length === 0 ? undefined : parse(body);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's command takes documents, which may be YAML. */
    readonly takesYaml?: boolean;
  }
}

function sendError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: AppOptions['log'],
): FastifyReply {
  const { status, body, isUnexpected } = errorAnswer(error, languageOf(request.headers));
  if (isUnexpected)
    log('error', `A request to the local server failed: ${String(error)}`, {
      method: request.method,
      path: request.routeOptions.url ?? '',
      stack: asError(error).stack ?? '',
    });
  // What is left of a body that nobody will read must not keep the connection busy.
  if (!request.raw.complete) void reply.header('connection', 'close');
  return reply.code(status).headers(SECURITY_HEADERS).type(JSON_TYPE).send(JSON.stringify(body));
}
