import { createContext } from 'svelte';

/** The time that relative times are told from; moves once a second while the window is seen. */
export class Ticker {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | undefined;

  start(): void {
    document.addEventListener('visibilitychange', this.#follow);
    this.#follow();
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.#follow);
    clearInterval(this.#timer);
  }

  readonly #follow = () => {
    clearInterval(this.#timer);
    this.now = Date.now();
    if (document.visibilityState !== 'visible') return;
    this.#timer = setInterval(() => (this.now = Date.now()), 1000);
  };
}

export const [getTicker, setTicker] = createContext<Ticker>();
