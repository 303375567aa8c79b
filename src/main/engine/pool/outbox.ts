import { hasOwnBuffer } from '../own-buffer.ts';

/** With so many a post is worth its price: the other thread begins on them while this one goes on. */
const FULL_AT = 16;
/** The largest batch that is cheaper to copy than to hand over: transferring has a price of its own. */
const COPY_AT_MOST_BYTES = 16 * 1024;

/**
 * Messages to another thread: what a turn of the loop produces leaves in few posts, because a post costs more than most
 * messages.
 */
export class Outbox<M> {
  readonly #post: (messages: readonly M[], transfer: readonly ArrayBuffer[]) => void;
  #messages: M[] = [];
  #transfer: ArrayBuffer[] = [];
  #isScheduled = false;

  constructor(post: (messages: readonly M[], transfer: readonly ArrayBuffer[]) => void) {
    this.#post = post;
  }

  /** `bytes` that the message holds are handed over when they are large and own their buffer. */
  send(message: M, bytes: Uint8Array | null = null): void {
    this.#messages.push(message);
    if (bytes !== null && bytes.byteLength > COPY_AT_MOST_BYTES && hasOwnBuffer(bytes))
      this.#transfer.push(bytes.buffer);
    if (this.#messages.length >= FULL_AT) this.#postAll();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Posts what is there, without waiting for the end of the turn. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#messages.length > 0) this.#postAll();
  }

  #postAll(): void {
    const messages = this.#messages;
    const transfer = this.#transfer;
    this.#messages = [];
    this.#transfer = [];
    this.#post(messages, transfer);
  }

  /** Forgets what was not posted: nobody is there to read it. */
  clear(): void {
    this.#messages = [];
    this.#transfer = [];
  }
}
