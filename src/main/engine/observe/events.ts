import type { EventName, EventPayload, PontualEvent } from '../../../shared/events.ts';
import { toIso, type Clock } from '../clock.ts';
import type { InternalEventName, InternalEvents } from './internal-events.ts';

/**
 * The one place where things are told. Stages emit; logs, metrics, telemetry, tray, windows and the local server
 * listen. An emitter never learns who listens and never suffers from it: listeners run one after the other in the
 * emitter's turn, and what one of them throws goes to `onListenerError`.
 *
 * Public events are numbered, and the last of them are kept so that a client that was away can catch up: from the
 * moment on at which somebody first asked for a number, since nobody else can come back with one. Numbers start at the
 * time of the start, so those of an earlier process are never taken for ours.
 */

/** Events that a client may have missed and still get. */
export const REPLAYED_EVENTS = 1000;

/** Numbers given out per millisecond of uptime before they could meet those of a later start. */
const NUMBERS_PER_MS = 1000;

export type NumberedEvent = PontualEvent & { readonly id: number };

export type Payloads = { readonly [N in EventName]: EventPayload<N> } & InternalEvents;
export type AnyEventName = keyof Payloads;
type Listener<N extends AnyEventName> = (payload: Payloads[N]) => void;

/** Missed events, oldest first; `reset`: some of them are gone, the client has to read everything anew. */
export type Replay =
  | { readonly kind: 'events'; readonly events: readonly NumberedEvent[] }
  | { readonly kind: 'reset'; readonly lastId: number };

export interface EventHubOptions {
  readonly clock: Clock;
  readonly onListenerError: (error: unknown, eventName: AnyEventName) => void;
}

export class EventHub {
  readonly #clock: Clock;
  readonly #onListenerError: EventHubOptions['onListenerError'];
  // Replaced, never changed: whoever is being told goes on through the list as it was.
  readonly #named = new Map<AnyEventName, readonly ((payload: never) => void)[]>();
  #public: readonly ((event: NumberedEvent) => void)[] = [];
  readonly #ring: NumberedEvent[] = [];
  readonly #firstId: number;
  #nextId: number;
  /** From here on events are kept; null while nobody has heard of a number. */
  #keptFrom: number | null = null;

  constructor({ clock, onListenerError }: EventHubOptions) {
    this.#clock = clock;
    this.#onListenerError = onListenerError;
    this.#firstId = Math.max(Math.trunc(clock.now()), 1) * NUMBERS_PER_MS;
    this.#nextId = this.#firstId;
  }

  /** The number of the last public event, or one before the first when there was none yet. */
  get lastId(): number {
    this.#keepFromNow();
    return this.#nextId - 1;
  }

  /** Tells the world. Never throws. */
  emit<N extends EventName>(name: N, data: EventPayload<N>): void {
    const id = this.#nextId++;
    if (this.#keptFrom === null) {
      this.#call(name, data as Payloads[N]);
      return;
    }
    // The compiler cannot see that a name and its own payload make one member of the union.
    const event = { id, name, at: toIso(this.#clock.now()), data } as unknown as NumberedEvent;
    this.#ring[(id - this.#firstId) % REPLAYED_EVENTS] = event;
    this.#call(name, data as Payloads[N]);
    this.#tell(name, this.#public, event);
  }

  /** Tells the listeners inside the engine only. Never throws. */
  emitInternal<N extends InternalEventName>(name: N, payload: InternalEvents[N]): void {
    this.#call(name, payload as Payloads[N]);
  }

  /** Listens to one kind of event; the answer stops it, twice is harmless. */
  on<N extends AnyEventName>(name: N, listener: Listener<N>): () => void {
    // Its own function, so that the same listener given twice is called twice and stopped one by one.
    const entry = (payload: Payloads[N]) => listener(payload);
    this.#named.set(name, [...(this.#named.get(name) ?? []), entry]);
    return () => {
      const others = (this.#named.get(name) ?? []).filter((each) => each !== entry);
      this.#named.set(name, others);
    };
  }

  /** Listens to every public event, with its number; the answer stops it. */
  onPublic(listener: (event: NumberedEvent) => void): () => void {
    this.#keepFromNow();
    const entry = (event: NumberedEvent) => listener(event);
    this.#public = [...this.#public, entry];
    return () => {
      this.#public = this.#public.filter((each) => each !== entry);
    };
  }

  /** What was told after event `lastSeenId`. */
  since(lastSeenId: number): Replay {
    const oldest = Math.max(this.#keepFromNow(), this.#nextId - REPLAYED_EVENTS);
    if (lastSeenId < oldest - 1 || lastSeenId >= this.#nextId)
      return { kind: 'reset', lastId: this.lastId };
    const events: NumberedEvent[] = [];
    for (let id = lastSeenId + 1; id < this.#nextId; id++) {
      const event = this.#ring[(id - this.#firstId) % REPLAYED_EVENTS];
      if (event) events.push(event);
    }
    return { kind: 'events', events };
  }

  /** Somebody hears of a number, if nobody has before; answers the first event that is kept. */
  #keepFromNow(): number {
    return (this.#keptFrom ??= this.#nextId);
  }

  #call<N extends AnyEventName>(name: N, payload: Payloads[N]): void {
    const listeners = this.#named.get(name) as readonly Listener<N>[] | undefined;
    if (listeners) this.#tell(name, listeners, payload);
  }

  #tell<P>(name: AnyEventName, listeners: readonly ((payload: P) => void)[], payload: P): void {
    for (const listener of listeners) {
      try {
        listener(payload);
      } catch (error) {
        this.#report(error, name);
      }
    }
  }

  #report(error: unknown, name: AnyEventName): void {
    try {
      this.#onListenerError(error, name);
    } catch {
      // The last door: whoever reports errors may be the one that fails.
    }
  }
}
