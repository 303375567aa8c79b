import type { AddressInfo } from 'node:net';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { CommandTable } from '../../shared/command.ts';
import { PontualError } from '../../shared/errors.ts';
import { say } from '../../shared/sentences.ts';
import { languageOf } from './language.ts';
import type { Clock } from '../engine/clock.ts';
import { addCommandRoutes, refuseOtherMethods } from './command-routes.ts';
import { createApp } from './create-app.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import { eventFilter } from './event-filter.ts';
import { EventStreams } from './event-stream.ts';
import { programHealth, storeHealth, type HealthAnswer } from './health.ts';
import { hasToken } from './http-server.ts';
import { openApiDocument } from './open-api.ts';
import { JSON_TYPE } from './security-headers.ts';
import {
  API_PREFIX,
  SERVER_LIMITS,
  type LocalServerOptions,
  type ServerLimits,
} from './server-options.ts';

/**
 * The REST API on this machine alone. Every command of the contract has its route, made from the table; beside them
 * are events, metrics, health and the documentation. What may come in is decided by `gate.ts` before any of it.
 */
export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets those in work finish for a moment, closes all connections. Twice is harmless. */
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/** Starts listening; a port that is in use is a `PontualError('conflict')` with a sentence. */
export async function startLocalServer<T extends CommandTable>(
  options: LocalServerOptions<T>,
): Promise<LocalServer> {
  const { token, clock, log } = options;
  const limits: ServerLimits = { ...SERVER_LIMITS, ...options.limits };
  let port = options.port;
  const app = createApp({ token, clock, log, limits, port: () => port });
  const events = new EventStreams(options.hub, clock, limits);
  addRoutes(app, options, events);
  port = await listen(app, options.port);
  let stopping: Promise<void> | null = null;
  return {
    url: `http://${LOOPBACK}:${port}`,
    port,
    stop: () => (stopping ??= stop(app, events, clock, limits)),
  };
}

function addRoutes<T extends CommandTable>(
  app: FastifyInstance,
  options: LocalServerOptions<T>,
  events: EventStreams,
): void {
  const routes: { method: string; url: string }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  addCommandRoutes(app, options);
  app.get(`${API_PREFIX}/events`, (request, reply) => {
    events.add(request.raw, reply.raw, eventFilter(request.query));
    reply.hijack();
  });
  addProgramRoutes(app, options);
  options.addRoutes?.(app);
  refuseOtherMethods(app, [...routes]);
}

function addProgramRoutes<T extends CommandTable>(
  app: FastifyInstance,
  { table, version, health, metrics }: LocalServerOptions<T>,
): void {
  const document = once(() => openApiDocument(table, version));
  const documentText = once(() => JSON.stringify(document()));
  const page = once(() => docsPage(document(), `http://${LOOPBACK}:${portOf(app)}`));
  app.get('/openapi.json', async (_request, reply) => reply.type(JSON_TYPE).send(documentText()));
  app.get('/docs', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', DOCS_POLICY)
      .send(page()),
  );
  // Who types the address into a browser is led to what it is.
  app.get('/', async (_request, reply) => reply.redirect('/docs', 302));
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics();
    return reply.type(contentType).send(text);
  });
  for (const url of ['/health', '/actuator/health'])
    app.get(url, async ({ raw }, reply) =>
      sendHealth(reply, programHealth(health(), hasToken(raw), languageOf(raw.headers))),
    );
  app.get('/actuator/health/db', async ({ raw }, reply) =>
    sendHealth(reply, storeHealth(health(), hasToken(raw), languageOf(raw.headers))),
  );
  // Asked for by monitors that know the predecessor; there is no Redis here, which is no failure.
  app.get('/actuator/health/redis', async (_request, reply) =>
    reply.type(JSON_TYPE).send(JSON.stringify({ status: 'UNKNOWN' })),
  );
}

/** What takes a while to make, and not every start needs: made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function sendHealth(reply: FastifyReply, { status, body }: HealthAnswer): FastifyReply {
  return reply.code(status).type(JSON_TYPE).send(JSON.stringify(body));
}

async function listen(app: FastifyInstance, port: number): Promise<number> {
  try {
    await app.listen({ host: LOOPBACK, port });
  } catch (error) {
    await app.close();
    throw listenFailure(error, port);
  }
  return portOf(app);
}

function portOf(app: FastifyInstance): number {
  // A TCP server that listens has an address of this shape.
  return (app.server.address() as AddressInfo).port;
}

function listenFailure(error: unknown, port: number): PontualError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new PontualError('conflict', say('portInUse', { port }), { cause: error });
  const why = code === 'EACCES' ? say('portNotAllowed').says : String(error);
  const sentence = say('cannotListen', { port: String(port), why });
  return new PontualError('internal', sentence, { cause: error });
}

async function stop(
  app: FastifyInstance,
  events: EventStreams,
  clock: Clock,
  { stopMs }: ServerLimits,
): Promise<void> {
  events.stop();
  const timer = clock.setTimer(stopMs, () => app.server.closeAllConnections());
  try {
    await app.close();
  } finally {
    timer.cancel();
    app.server.closeAllConnections();
  }
}
