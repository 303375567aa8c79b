import type { IncomingMessage, ServerResponse } from 'node:http';
import { PontualError } from '../../shared/errors.ts';
import { eventSchemas } from '../../shared/events.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { say } from '../../shared/sentences.ts';
import { speakerOf } from '../../shared/speak.ts';
import { languageOf } from './language.ts';
import type { Clock, Timer } from '../engine/clock.ts';
import type { EventHub, NumberedEvent } from '../engine/observe/events.ts';
import type { EventFilter } from './event-filter.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { ServerLimits } from './server-options.ts';

/**
 * Server-sent events. Each has the number of the hub as its id; a client that comes back with `Last-Event-ID` gets
 * what it missed, or `event: reset` when that is gone. A client that reads too slowly is sent away: it comes back by
 * itself and catches up, and meanwhile nothing piles up here. What a turn of the loop tells, of a thousand runs that are
 * due at once, leaves only at its end, so being behind for a moment is not reading slowly.
 */
export class EventStreams {
  readonly #hub: Pick<EventHub, 'onPublic' | 'since' | 'lastId'>;
  readonly #clock: Clock;
  readonly #limits: ServerLimits;
  readonly #clients = new Map<ServerResponse, Client>();
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

  /**
   * Keeps the answer open and sends the events that are wanted until the client leaves; throws when there are too many
   * clients.
   */
  add(request: IncomingMessage, response: ServerResponse, wants: EventFilter): void {
    const lastSeen = lastSeenId(request);
    if (this.#clients.size >= this.#limits.eventClients)
      throw new PontualError(
        'too-many-requests',
        say('tooManyFollowers', { most: this.#limits.eventClients }),
      );
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream; charset=utf-8',
    });
    const client: Client = { wants, locale: languageOf(request.headers), behindSince: null };
    response.write(this.#greeting(lastSeen, client));
    this.#clients.set(response, client);
    response.on('close', () => this.#remove(response));
    this.#stopListening ??= this.#hub.onPublic((event) => this.#send(event));
    this.#heartbeat ??= this.#beatLater();
  }

  /** Sends everybody away. */
  stop(): void {
    for (const client of this.#clients.keys()) client.end();
  }

  #greeting(lastSeen: number | null, { wants, locale }: Client): string {
    if (lastSeen === null) return `retry: 1000\nid: ${this.#hub.lastId}\n\n`;
    const replay = this.#hub.since(lastSeen);
    if (replay.kind === 'reset')
      return `retry: 1000\n\nid: ${replay.lastId}\nevent: reset\ndata: {}\n\n`;
    const texts = replay.events.filter(wants).map((event) => eventText(event, locale));
    return `retry: 1000\n\n${texts.join('')}`;
  }

  #send(event: NumberedEvent): void {
    const texts: Partial<Record<Locale, string>> = {};
    for (const [response, client] of this.#clients) {
      const { wants, locale } = client;
      if (wants(event)) this.#write(response, client, (texts[locale] ??= eventText(event, locale)));
    }
  }

  #write(response: ServerResponse, client: Client, text: string): void {
    response.write(text);
    const behind = response.writableLength;
    const { eventBacklogBytes, eventBacklogMs } = this.#limits;
    if (behind <= eventBacklogBytes) {
      client.behindSince = null;
      return;
    }
    const now = this.#clock.monotonic();
    client.behindSince ??= now;
    const isSlow = now - client.behindSince > eventBacklogMs;
    if (isSlow || behind > MOST_BACKLOGS * eventBacklogBytes) response.destroy();
  }

  #beatLater(): Timer {
    return this.#clock.setTimer(this.#limits.eventHeartbeatMs, () => {
      // With the number: who wants few events would else come back with one that is long forgotten.
      for (const [response, client] of this.#clients)
        this.#write(response, client, `: still here\nid: ${this.#hub.lastId}\n\n`);
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

/** Who follows: what of it, and in which language. */
interface Client {
  readonly wants: EventFilter;
  readonly locale: Locale;
  /** Monotonic ms since which more than the backlog waits for it; null while it keeps up. */
  behindSince: number | null;
}

/** So many times the backlog are too much even for a moment. */
const MOST_BACKLOGS = 8;

/** One event as it is sent; JSON text has no line breaks. */
function eventText({ id, name, at, data: told }: NumberedEvent, locale: Locale): string {
  const speak = locale === 'en' ? null : speakerOf(eventSchemas[name]);
  const data = speak ? speak(told, locale) : told;
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify({ name, at, data })}\n\n`;
}

/** null: a client that comes for the first time. What is no number was never given out, so it means a reset. */
function lastSeenId(request: IncomingMessage): number | null {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return null;
  const id = Number(header);
  return Number.isSafeInteger(id) ? id : -1;
}
