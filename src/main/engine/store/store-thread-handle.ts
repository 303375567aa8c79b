import { Worker } from 'node:worker_threads';
import type { FromStore, StoreThreadData, ToStore } from './thread-protocol.ts';

interface ThreadEvents {
  message(message: FromStore): void;
  /** It ended without being asked to; told once, after its last message. */
  died(error: Error): void;
}

/** One life of the store's thread. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #isEnding = false;

  constructor(file: URL, workerData: StoreThreadData, events: ThreadEvents) {
    this.#worker = new Worker(file, { workerData });
    let failure: Error | null = null;
    this.#worker.on('message', (message: FromStore) => events.message(message));
    this.#worker.on('messageerror', (error) => (failure = error));
    this.#worker.on('error', (error) => (failure = error));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        resolve();
        if (!this.#isEnding)
          events.died(failure ?? new Error(`the store's thread ended with code ${code}`));
      });
    });
  }

  post(message: ToStore, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  /** Waits for a thread that lets go by itself, and stops it otherwise. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#worker.terminate();
    await this.#ended;
  }
}
