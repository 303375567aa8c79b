import type { Integration } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { say, type Said, type Sentence } from '../../../shared/sentences.ts';
import type { Clock, Timer } from '../clock.ts';
import { TransitSet } from '../transit.ts';
import { afterFailure, afterSuccess, CLOSED, probing, type Circuit } from './circuit.ts';
import { runError } from './errors.ts';
import { RateWindow } from './rate-window.ts';

/**
 * The one door to each origin for all jobs of the process: requests at once, requests per time, the origin's own
 * "come back later", and its circuit. Whoever cannot enter waits in line; time is monotonic.
 */
export type OriginLimits = Pick<Integration, 'rateLimit' | 'concurrency'>;

/** How a request that had entered ended, as far as the origin is concerned. */
export type Verdict = 'alive' | 'failed' | 'unknown';

export type Entry =
  | { readonly kind: 'entered'; readonly noted: number }
  /** The circuit did not close: nothing was sent. */
  | { readonly kind: 'refused'; readonly error: RunError };

/** Somebody in line. */
export interface Waiting {
  readonly entry: Promise<Entry>;
  /** Leaves the line; harmless when the entry was given already. */
  readonly giveUp: () => void;
}

export type Notify = (
  level: 'info' | 'warn',
  message: string,
  fields: Readonly<Record<string, string | number>>,
) => void;

interface InLine {
  readonly admit: (entry: Entry) => void;
}

const LONGEST_TIMER_MS = 30_000;

function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}

export class OriginGate {
  readonly #clock: Clock;
  readonly #notify: Notify;
  readonly #origins = new Map<string, Origin>();
  /** Owners that have withdrawn: a read of theirs may still be under way, and its limits are over all the same. */
  readonly #gone = new Set<number>();

  constructor(clock: Clock, notify: Notify) {
    this.#clock = clock;
    this.#notify = notify;
  }

  /** The door of one origin; it lives while somebody declares limits for it or it still remembers something. */
  origin(name: string): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const origin = new Origin(name, this.#clock, this.#notify);
    this.#origins.set(name, origin);
    return origin;
  }

  /** Adds an owner's limits to an origin, unless the owner has withdrawn. */
  declare(name: string, owner: number, limits: OriginLimits): void {
    if (!this.#gone.has(owner)) this.origin(name).declare(owner, limits);
  }

  /** Forgets the limits that `owner` declared anywhere, for good. */
  withdraw(owner: number): void {
    this.#gone.add(owner);
    for (const [name, origin] of this.#origins) {
      origin.withdraw(owner);
      if (origin.isForgettable) this.#origins.delete(name);
    }
  }

  stop(): void {
    for (const origin of this.#origins.values()) origin.stop();
    this.#origins.clear();
  }
}

export class Origin {
  readonly name: string;
  readonly #clock: Clock;
  readonly #notify: Notify;
  readonly #declared = new Map<number, OriginLimits>();
  readonly #rate = new RateWindow();
  readonly #line = new TransitSet<InLine>();
  #concurrency = Infinity;
  #inFlight = 0;
  #heldUntil = -Infinity;
  #circuit: Circuit = CLOSED;
  #lastFailure: string | Said = '';
  #timer: Timer | null = null;

  constructor(name: string, clock: Clock, notify: Notify) {
    this.name = name;
    this.#clock = clock;
    this.#notify = notify;
  }

  get circuit(): Circuit['state'] {
    return this.#circuit.state;
  }

  get isForgettable(): boolean {
    return (
      this.#declared.size === 0 &&
      this.#inFlight === 0 &&
      this.#line.size === 0 &&
      this.#circuit === CLOSED &&
      this.#heldUntil <= this.#clock.monotonic()
    );
  }

  /** Adds an integration's limits; declaring the same object again costs nothing. */
  declare(owner: number, limits: OriginLimits): void {
    if (this.#declared.get(owner) === limits) return;
    this.#declared.set(owner, limits);
    this.#applyLimits();
  }

  withdraw(owner: number): void {
    if (this.#declared.delete(owner)) this.#applyLimits();
  }

  /** Enters at once, or says null: then `wait`. */
  tryEnter(): Entry | null {
    if (this.#line.size > 0) return null;
    return this.#tryAdmit(this.#clock.monotonic());
  }

  wait(): Waiting {
    let admit: (entry: Entry) => void = () => undefined;
    const entry = new Promise<Entry>((resolve) => (admit = resolve));
    const place: InLine = { admit };
    this.#line.add(place);
    this.#admitNext();
    return { entry, giveUp: () => void this.#line.delete(place) };
  }

  /** For how long nobody enters at least, in ms; null = that depends on requests under way. */
  expectedWaitMs(): number | null {
    const now = this.#clock.monotonic();
    const opensAt = this.#opensAt();
    return opensAt > now ? opensAt - now : null;
  }

  /** What keeps everybody out for a while; null when only requests under way or the rate do. */
  get barredBecause(): Sentence | null {
    const now = this.#clock.monotonic();
    if (this.#circuit.state === 'open' && this.#circuit.until > now)
      return say('leftAlone', {
        origin: this.name,
        seconds: secondsOf(this.#circuit.until - now),
        failure: this.#lastFailure,
      });
    if (this.#heldUntil > now)
      return say('askedToWait', { origin: this.name, seconds: secondsOf(this.#heldUntil - now) });
    return null;
  }

  /** The request left only now. */
  sent(noted: number): void {
    this.#rate.correct(noted, this.#clock.monotonic());
  }

  /** Each entry is left exactly once. `why` is kept to explain an open circuit. */
  leave(verdict: Verdict, why: string | Said = ''): void {
    this.#inFlight--;
    this.#judge(verdict, why);
    if (this.#line.size > 0) this.#admitNext();
  }

  /** The origin asked everybody to stay away for so long. */
  hold(ms: number): void {
    const until = this.#clock.monotonic() + ms;
    if (until <= this.#heldUntil) return;
    this.#heldUntil = until;
    this.#notify('warn', `${this.name} asks not to be called for ${secondsOf(ms)} s.`, {
      origin: this.name,
      forMs: Math.round(ms),
    });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#line.clear();
  }

  #applyLimits(): void {
    const limits = [...this.#declared.values()];
    this.#concurrency = Math.min(Infinity, ...limits.map(({ concurrency }) => concurrency));
    this.#rate.setLimits(limits.flatMap(({ rateLimit }) => rateLimit ?? []));
    this.#admitNext();
  }

  /** When the door opens by itself, -Infinity when only requests under way keep it shut. */
  #opensAt(): number {
    const circuitUntil = this.#circuit.state === 'open' ? this.#circuit.until : -Infinity;
    return Math.max(this.#heldUntil, circuitUntil, this.#rate.earliest());
  }

  #tryAdmit(now: number): Entry | null {
    const isProbed = this.#circuit.state === 'half-open';
    if (isProbed || this.#inFlight >= this.#concurrency || this.#opensAt() > now) return null;
    this.#circuit = probing(this.#circuit);
    this.#inFlight++;
    return { kind: 'entered', noted: this.#rate.note(now) };
  }

  #admitNext(): void {
    const now = this.#clock.monotonic();
    for (const place of this.#line.values()) {
      const entry = this.#tryAdmit(now);
      if (entry === null) break;
      this.#line.delete(place);
      place.admit(entry);
    }
    this.#setAlarm(now);
  }

  /** `now` is the time at which the line was tried: had the door opened since, nobody would be left to try it again. */
  #setAlarm(now: number): void {
    this.#timer?.cancel();
    this.#timer = null;
    const waitMs = this.#opensAt() - now;
    if (this.#line.size === 0 || waitMs <= 0) return;
    this.#timer = this.#clock.setTimer(Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS), () =>
      this.#admitNext(),
    );
  }

  #judge(verdict: Verdict, why: string | Said): void {
    const before = this.#circuit;
    if (verdict === 'alive') {
      if (before !== CLOSED) this.#circuit = afterSuccess();
      if (before.state === 'half-open') this.#tell('closed', 'info', 'answers again');
      return;
    }
    const now = this.#clock.monotonic();
    if (verdict === 'unknown') {
      // The probe was called off: the next in line is the probe.
      if (before.state === 'half-open') this.#circuit = { ...before, state: 'open', until: now };
      return;
    }
    this.#lastFailure = why;
    this.#circuit = afterFailure(before, now);
    if (this.#circuit.state !== 'open' || before.state === 'open') return;
    this.#tell('open', 'warn', `is left alone for ${secondsOf(this.#circuit.forMs)} s`);
    if (before.state === 'half-open') this.#refuseAll();
  }

  #refuseAll(): void {
    const sentence = say('circuitOpen', { origin: this.name, failure: this.#lastFailure });
    const error = runError('circuit-open', 'transient', sentence);
    for (const place of this.#line.values()) place.admit({ kind: 'refused', error });
    this.#line.clear();
  }

  #tell(circuit: string, level: 'info' | 'warn', what: string): void {
    this.#notify(level, `${this.name} ${what}.`, { origin: this.name, circuit });
  }
}
