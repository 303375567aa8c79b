import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Command, CommandTable, Handlers } from '../../shared/command.ts';
import { PontualError } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import type { DataRecord } from '../../shared/record.ts';
import { say } from '../../shared/sentences.ts';
import { speakerOf } from '../../shared/speak.ts';
import type { Page } from '../../shared/values.ts';
import { toIso, type Clock } from '../engine/clock.ts';
import { exactJson } from '../engine/exact-data.ts';
import { commandInput } from './command-input.ts';
import type { Health } from './health.ts';
import {
  EXPORT_TYPES,
  exportText,
  wholeList,
  type ExportFormat,
  type ExportLocale,
} from './record-export.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import { languageOf } from './language.ts';
import { JSON_TYPE } from './security-headers.ts';
import { API_PREFIX } from './server-options.ts';
import { toYaml, wantsYaml, YAML_TYPE } from './yaml-document.ts';

/** Every command of the table by its method and path. A path that is known with another method answers 405. */

export const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

interface CommandRouteOptions<T extends CommandTable> {
  readonly table: T;
  readonly handlers: Handlers<T>;
  readonly health: () => Health;
  readonly clock: Clock;
}

export function addCommandRoutes<T extends CommandTable>(
  app: FastifyInstance,
  { table, handlers, health, clock }: CommandRouteOptions<T>,
): void {
  for (const [name, command] of Object.entries(table)) {
    // The table ties each name to its input; TypeScript cannot follow that through a variable name.
    const handler = handlers[name] as (input: unknown, caller: Caller) => Promise<unknown>;
    app.route({
      method: command.method,
      url: routeOf(command),
      config: { takesYaml: command.isDocument === true },
      handler: async (request, reply) => {
        refuseWritesWhileReadOnly(command, health());
        const locale = languageOf(request.headers);
        const input = commandInput(command, partsOf(request), locale);
        if (command.isExported === true && isExport(input))
          return sendExport(reply, input, (page) => handler(page, callerOf(request)), clock);
        const output = spokenOutput(command, await handler(input, callerOf(request)), locale);
        return command.isDocument === true && wantsYaml(request.headers.accept)
          ? reply.type(YAML_TYPE).send(toYaml(output))
          : sendOutput(reply, command, output, request.headers['if-none-match']);
      },
    });
  }
}

/** `/jobs/{id}` as the framework writes it: `/api/v1/jobs/:id`. */
export function routeOf({ path }: Pick<Command, 'path'>): string {
  return API_PREFIX + path.replace(/\{(\w+)\}/g, ':$1');
}

/** Refuses every other method of the paths that exist. */
export function refuseOtherMethods(
  app: FastifyInstance,
  routes: readonly { readonly method: string; readonly url: string }[],
): void {
  const known = new Map<string, Set<string>>();
  for (const { method, url } of routes) {
    const methods = known.get(url) ?? new Set();
    known.set(url, methods.add(method));
  }
  for (const [url, methods] of known) {
    const allow = [...methods].join(', ');
    app.route({
      method: ALL_METHODS.filter((method) => !methods.has(method)),
      url,
      // Before the body is read: what it holds does not matter.
      onRequest: (request, reply) => {
        void reply.header('allow', allow);
        throw new PontualError(
          'method-not-allowed',
          say('methodNotHere', { method: request.method, allow }),
        );
      },
      handler: () => undefined,
    });
  }
}

/** What the program has to say in an answer, in the language of who asked. */
function spokenOutput({ output: schema }: Command, output: unknown, locale: Locale): unknown {
  const speak = locale === 'en' ? null : speakerOf(schema);
  return speak ? speak(output, locale) : output;
}

function refuseWritesWhileReadOnly(command: Command, { state, reason, says }: Health): void {
  if (state !== 'read-only' || command.method === 'GET' || command.allowedReadOnly === true) return;
  const told = reason === null ? say('storeReadOnly') : { message: reason, says };
  throw new PontualError('degraded', told);
}

function partsOf(request: FastifyRequest) {
  return {
    path: request.params as Readonly<Record<string, unknown>>,
    query: request.query as Readonly<Record<string, unknown>>,
    body: request.body,
    header: (name: string) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

/** The command line says who it is; everybody else is a client of the REST API. */
function callerOf(request: FastifyRequest): Caller {
  return { via: request.headers['x-pontual-client'] === 'cli' ? 'cli' : 'rest' };
}

interface ExportInput {
  readonly format: ExportFormat;
  readonly locale: ExportLocale;
}

function isExport(input: unknown): input is ExportInput {
  const { format } = input as { readonly format?: string };
  return format !== undefined && format in EXPORT_TYPES;
}

const EXPORTED_AT_ONCE = 500;

/** Page after page, as fast as the client takes it. When a page fails, the connection ends before the file does. */
function sendExport(
  reply: FastifyReply,
  input: ExportInput,
  read: (page: unknown) => Promise<unknown>,
  clock: Clock,
): FastifyReply {
  const { format, locale } = input;
  const pages = wholeList(
    (cursor) =>
      // Only lists of records are marked as exported.
      read({ ...input, limit: EXPORTED_AT_ONCE, cursor: cursor ?? undefined }) as Promise<
        Page<DataRecord>
      >,
    () => toIso(clock.now()),
  );
  return reply
    .type(EXPORT_TYPES[format])
    .header('content-disposition', `attachment; filename="records.${format}"`)
    .send(Readable.from(exportText(pages, format, locale)));
}

function sendOutput(
  reply: FastifyReply,
  command: Command,
  output: unknown,
  known: string | undefined,
): FastifyReply {
  const status = command.status ?? 200;
  if (status === 204) return reply.code(204).send();
  if (command.produces === 'text/plain')
    return reply.code(status).type('text/plain; charset=utf-8').send(output);
  const json = exactJson(output);
  if (command.method === 'GET') {
    const tag = entityTag(json);
    void reply.header('etag', tag);
    if (isKnown(tag, known)) return reply.code(304).send();
  }
  return reply.code(status).type(JSON_TYPE).send(json);
}
