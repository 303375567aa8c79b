import type { FastifyInstance } from 'fastify';
import type { CommandTable, Handlers } from '../../shared/command.ts';
import type { Clock } from '../engine/clock.ts';
import type { EventHub } from '../engine/observe/events.ts';
import type { LogLevel } from '../engine/observe/internal-events.ts';
import type { Health } from './health.ts';

export interface LocalServerOptions<T extends CommandTable> {
  readonly table: T;
  readonly handlers: Handlers<T>;
  readonly hub: Pick<EventHub, 'on' | 'onPublic' | 'since' | 'lastId'>;
  readonly token: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clock: Clock;
  readonly version: string;
  readonly health: () => Health;
  /** The page for Prometheus, with its content type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** A line of `app.log`. */
  readonly log: (
    level: LogLevel,
    message: string,
    fields: Readonly<Record<string, string>>,
  ) => void;
  /** More routes behind the same gate. */
  readonly addRoutes?: (app: FastifyInstance) => void;
  readonly limits?: Partial<ServerLimits>;
}

const SECOND = 1000;
const KIB = 1024;
const MIB = 1024 * KIB;

export interface ServerLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** From the first byte of a request to the last. */
  readonly requestMs: number;
  readonly headersMs: number;
  readonly keepAliveMs: number;
  readonly connections: number;
  /** Requests that are being answered when the server stops may take so long. */
  readonly stopMs: number;
  readonly eventClients: number;
  readonly eventHeartbeatMs: number;
  /** A client of events that stays more than so many bytes behind for so long is sent away. */
  readonly eventBacklogBytes: number;
  readonly eventBacklogMs: number;
}

export const SERVER_LIMITS: ServerLimits = {
  bodyBytes: MIB,
  headerBytes: 64 * KIB,
  requestMs: 30 * SECOND,
  headersMs: 10 * SECOND,
  keepAliveMs: 5 * SECOND,
  connections: 256,
  stopMs: SECOND,
  eventClients: 32,
  eventHeartbeatMs: 15 * SECOND,
  eventBacklogBytes: MIB,
  eventBacklogMs: 2 * SECOND,
};

export const API_PREFIX = '/api/v1';
