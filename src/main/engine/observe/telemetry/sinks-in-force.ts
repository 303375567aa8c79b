import { join } from 'node:path';
import { assertNever } from '../../../../shared/assert-never.ts';
import { SaidError, say, type Told } from '../../../../shared/sentences.ts';
import type { TelemetrySinkSettings, TelemetryState } from '../../../../shared/telemetry.ts';
import type { Clock } from '../../clock.ts';
import { BatchingSink, type BatchingSinkOptions, type Deliver } from '../sinks/batching-sink.ts';
import { httpBatchDelivery, wantsOnly, webhookDelivery } from '../sinks/http-delivery.ts';
import { jsonLinesDelivery } from '../sinks/json-lines.ts';
import type { Post } from '../sinks/post.ts';
import type { CanonicalEvent } from './canonical-event.ts';

export interface SinksInForceOptions {
  readonly clock: Clock;
  /** Where files of events are written, a folder a sink. */
  readonly folder: string;
  /** How long such a file is kept. */
  readonly keptDays: () => number;
  readonly post: Post;
  /** A stored secret; null when there is none of that name. `value` null: it is locked. */
  readonly secret: (
    name: string,
  ) => { readonly origin: string; readonly value: string | null } | null;
}

/** The program does not stay for a destination that does not answer. */
const STOP_MS = 1000;

interface InForce {
  readonly settings: TelemetrySinkSettings;
  readonly sink: BatchingSink;
}

/** The sinks that the settings ask for now. A change of the settings touches only those that it concerns. */
export class SinksInForce {
  readonly #options: SinksInForceOptions;
  #wanted: readonly TelemetrySinkSettings[] = [];
  #inForce = new Map<string, InForce>();
  #ending: Promise<unknown> = Promise.resolve();

  constructor(options: SinksInForceOptions) {
    this.#options = options;
  }

  apply(wanted: readonly TelemetrySinkSettings[]): void {
    this.#wanted = wanted;
    const before = this.#inForce;
    this.#inForce = new Map();
    for (const settings of wanted) {
      if (!settings.enabled) continue;
      const known = before.get(settings.name);
      const isSame = known && JSON.stringify(known.settings) === JSON.stringify(settings);
      this.#inForce.set(settings.name, isSame ? known : { settings, sink: this.#make(settings) });
    }
    for (const [name, { sink }] of before)
      if (this.#inForce.get(name)?.sink !== sink) this.#end(sink);
  }

  get isIdle(): boolean {
    return this.#inForce.size === 0;
  }

  /** Never waits, never throws. */
  accept(event: CanonicalEvent): void {
    for (const { sink } of this.#inForce.values()) sink.accept(event);
  }

  states(): TelemetryState[] {
    return this.#wanted.map(({ name, kind, enabled }) => {
      const [state] = this.#inForce.get(name)?.sink.states() ?? [];
      const { delivered = 0, waiting = 0, dropped = 0, lastError = null } = state ?? {};
      const told = toldOf(lastError);
      return { name, kind, enabled, delivered, waiting, dropped, ...told };
    });
  }

  /** Delivers what is left, once, and waits for that a moment. Never rejects; twice is harmless. */
  async stop(): Promise<void> {
    this.apply([]);
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(STOP_MS, resolve);
      void this.#ending.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #end(sink: BatchingSink): void {
    this.#ending = Promise.all([this.#ending, sink.stop()]);
  }

  #make(settings: TelemetrySinkSettings): BatchingSink {
    const { clock } = this.#options;
    const { name, events } = settings;
    const wants = events === null ? {} : { wants: wantsOnly(events) };
    return new BatchingSink({ name, clock, ...wants, ...this.#destination(settings) });
  }

  #destination(settings: TelemetrySinkSettings): Pick<BatchingSinkOptions, 'deliver' | 'limits'> {
    const { folder, keptDays, post, clock } = this.#options;
    switch (settings.kind) {
      case 'json-lines':
        return { deliver: jsonLinesDelivery(join(folder, settings.name), keptDays) };
      case 'http':
        return {
          deliver: this.#withSecret(settings, (secret) =>
            httpBatchDelivery(
              post,
              settings.url,
              secret === null ? {} : { authorization: `Bearer ${secret}` },
            ),
          ),
        };
      case 'webhook':
        return {
          deliver: this.#withSecret(settings, (secret) =>
            webhookDelivery(post, settings.url, secret ?? '', () => clock.now()),
          ),
          // What failed is then all that is sent again.
          limits: { batch: 1 },
        };
      default:
        return assertNever(settings);
    }
  }

  /** The secret as it is at the moment of sending: it may be put, changed or deleted at any time. */
  #withSecret(
    { secret: name, url }: { readonly secret: string | null; readonly url: string },
    deliverWith: (secret: string | null) => Deliver,
  ): Deliver {
    return async (events) => {
      const secret = name === null ? null : this.#secretFor(name, new URL(url).origin);
      await deliverWith(secret)(events);
    };
  }

  #secretFor(name: string, origin: string): string {
    const secret = this.#options.secret(name);
    if (!secret) throw new SaidError(say('noSecret', { name }));
    if (secret.origin !== origin)
      throw new SaidError(say('sinkSecretElsewhere', { name, owner: secret.origin, origin }));
    if (secret.value === null) throw new SaidError(say('sinkSecretLocked', { name }));
    return secret.value;
  }
}

function toldOf(error: Told | null): Pick<TelemetryState, 'lastError' | 'lastErrorSays'> {
  if (error === null) return { lastError: null };
  return { lastError: error.message, ...(error.says && { lastErrorSays: error.says }) };
}
