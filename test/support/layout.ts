const WIDTH = 1200;
const HEIGHT = 800;
const ROW = 36;

/**
 * The test's document lays nothing out: every element has no size, so virtual lists would show nothing. This gives
 * each element the size of a window, and each row of a list its height.
 */
export function giveElementsASize(): void {
  for (const [name, size] of Object.entries({
    clientWidth: WIDTH,
    offsetWidth: WIDTH,
    clientHeight: HEIGHT,
    offsetHeight: HEIGHT,
  })) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
  }
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', {
    configurable: true,
    get(this: HTMLElement) {
      return this.parentElement;
    },
  });
  Object.defineProperty(window, 'ResizeObserver', { configurable: true, value: SizedObserver });
}

class SizedObserver implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;

  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }

  observe(target: Element): void {
    const isRow = target.querySelector(':scope > [role="row"]') !== null;
    const contentRect = { width: WIDTH, height: isRow ? ROW : HEIGHT } as DOMRectReadOnly;
    const entry = { target, contentRect } as ResizeObserverEntry;
    queueMicrotask(() => this.#callback([entry], this));
  }

  unobserve(): void {
    // Sizes never change here.
  }

  disconnect(): void {
    // Sizes never change here.
  }
}
