import type { PontualEvent } from '../../shared/events.ts';
import type { Unsubscribe } from '../../shared/bridge.ts';
import { DigestBuilder, type Digest } from './digest.ts';

type Subscribe = (listener: (event: PontualEvent) => void) => Unsubscribe;
/** Asks to be called once, before the next paint. */
export type NextFrame = (callback: () => void) => void;

/** Events reach the screens at most once a frame, as a digest. */
export class Feed {
  readonly #builder = new DigestBuilder();
  readonly #listeners = new Set<(digest: Digest) => void>();
  readonly #nextFrame: NextFrame;
  readonly #unsubscribe: Unsubscribe;
  #isAsked = false;

  constructor(subscribe: Subscribe, nextFrame: NextFrame = frameOrSecond) {
    this.#nextFrame = nextFrame;
    this.#unsubscribe = subscribe((event) => this.#take(event));
  }

  listen(listener: (digest: Digest) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }

  /** Events were missed: listeners are told that anything may have changed. */
  reset(): void {
    this.#builder.overflow();
    this.#ask();
  }

  #take(event: PontualEvent): void {
    this.#builder.add(event);
    this.#ask();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#nextFrame(() => this.#flush());
  }

  #flush(): void {
    this.#isAsked = false;
    const digest = this.#builder.take();
    for (const listener of this.#listeners) listener(digest);
  }
}

/** A hidden window paints no frames, but its lists should be right when it comes back. */
function frameOrSecond(callback: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(callback);
  else setTimeout(callback, 1000);
}
