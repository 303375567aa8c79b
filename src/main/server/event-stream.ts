import type { IncomingMessage, ServerResponse } from 'node:http';
import { PontualError } from '../../shared/errors.ts';
import type { Clock, Timer } from '../engine/clock.ts';
import type { EventHub, NumberedEvent } from '../engine/observe/events.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { ServerLimits } from './server-options.ts';

/**
 * Server-sent events. Each has the number of the hub as its id; a client that comes back with `Last-Event-ID` gets
 * what it missed, or `event: reset` when that is gone. A client that reads too slowly is sent away: it comes back by
 * itself and catches up, and meanwhile nothing piles up here.
 */
export class EventStreams {
  readonly #hub: Pick<EventHub, 'onPublic' | 'since' | 'lastId'>;
  readonly #clock: Clock;
  readonly #limits: ServerLimits;
  readonly #clients = new Set<ServerResponse>();
  #stopListening: (() => void) | null = null;
  #heartbeat: Timer | null = null;

  constructor(
    hub: Pick<EventHub, 'onPublic' | 'since' | 'lastId'>,
    clock: Clock,
    limits: ServerLimits,
  ) {
    this.#hub = hub;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Keeps the answer open and sends events until the client leaves; throws when there are too many clients. */
  add(request: IncomingMessage, response: ServerResponse): void {
    const lastSeen = lastSeenId(request);
    if (this.#clients.size >= this.#limits.eventClients)
      throw new PontualError(
        'too-many-requests',
        `No more than ${this.#limits.eventClients} clients may follow the events at once.`,
      );
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
    });
    response.write(this.#greeting(lastSeen));
    this.#clients.add(response);
    response.on('close', () => this.#remove(response));
    this.#stopListening ??= this.#hub.onPublic((event) => this.#sendToAll(eventText(event)));
    this.#heartbeat ??= this.#beatLater();
  }

  /** Sends everybody away. */
  stop(): void {
    for (const client of this.#clients) client.end();
  }

  #greeting(lastSeen: number | null): string {
    if (lastSeen === null) return `retry: 1000\nid: ${this.#hub.lastId}\n\n`;
    const replay = this.#hub.since(lastSeen);
    if (replay.kind === 'reset')
      return `retry: 1000\n\nid: ${replay.lastId}\nevent: reset\ndata: {}\n\n`;
    return `retry: 1000\n\n${replay.events.map(eventText).join('')}`;
  }

  #sendToAll(text: string): void {
    for (const client of this.#clients) {
      client.write(text);
      if (client.writableLength > this.#limits.eventBacklogBytes) client.destroy();
    }
  }

  #beatLater(): Timer {
    return this.#clock.setTimer(this.#limits.eventHeartbeatMs, () => {
      this.#sendToAll(': still here\n\n');
      this.#heartbeat = this.#beatLater();
    });
  }

  #remove(client: ServerResponse): void {
    this.#clients.delete(client);
    if (this.#clients.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = null;
    this.#heartbeat?.cancel();
    this.#heartbeat = null;
  }
}

/** One event as it is sent; JSON text has no line breaks. */
function eventText({ id, name, at, data }: NumberedEvent): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify({ name, at, data })}\n\n`;
}

/** null: a client that comes for the first time. What is no number was never given out, so it means a reset. */
function lastSeenId(request: IncomingMessage): number | null {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return null;
  const id = Number(header);
  return Number.isSafeInteger(id) ? id : -1;
}
