import { asError, PontualError } from '../../shared/errors.ts';
import type { Told } from '../../shared/sentences.ts';

/** What the switch turns on: an open local server. */
export interface OpenServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface WantedServer {
  readonly enabled: boolean;
  /** 0: any that is free. */
  readonly port: number;
}

export interface ServerState {
  /** Where it listens; null while it does not. */
  readonly url: string | null;
  /** Why it does not listen although it should; null when all is as wanted. */
  readonly problem: Told | null;
}

export interface ServerSwitchOptions {
  readonly open: (port: number) => Promise<OpenServer>;
  /** Nothing listens any more: whoever was told the address is told that it is gone. */
  readonly onClosed: () => Promise<void>;
  /** The server could not be opened; the program goes on without it. */
  readonly onProblem: (sentence: string) => void;
}

/**
 * The local server as the person wants it now. Changes follow one another, so that a port is free again before it is
 * taken; a port that somebody else has is a sentence, never the end of the program.
 */
export class ServerSwitch {
  readonly #options: ServerSwitchOptions;
  #last: Promise<void> = Promise.resolve();
  #wanted: WantedServer = { enabled: false, port: 0 };
  #open: OpenServer | null = null;
  #problem: Told | null = null;

  constructor(options: ServerSwitchOptions) {
    this.#options = options;
  }

  /** How it stands once all changes asked for so far are done. */
  async state(): Promise<ServerState> {
    await this.#last;
    return { url: this.#open?.url ?? null, problem: this.#problem };
  }

  /** Resolves when it is as wanted, or `problem` says why it cannot be. Never rejects. */
  set(wanted: WantedServer): Promise<void> {
    return this.#next(async () => {
      const isSame = wanted.enabled === this.#wanted.enabled && wanted.port === this.#wanted.port;
      this.#wanted = wanted;
      if (isSame && this.#problem === null) return;
      await this.#close();
      this.#problem = null;
      if (wanted.enabled) await this.#tryOpen(wanted.port);
    });
  }

  /** Closes it for good. Never rejects; twice is harmless. */
  stop(): Promise<void> {
    return this.set({ enabled: false, port: this.#wanted.port });
  }

  #next(change: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(change);
    return this.#last;
  }

  async #tryOpen(port: number): Promise<void> {
    try {
      this.#open = await this.#options.open(port);
    } catch (error) {
      const { message } = asError(error);
      this.#problem = error instanceof PontualError ? { message, says: error.says } : { message };
      this.#options.onProblem(message);
    }
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    try {
      await open.stop();
      await this.#options.onClosed();
    } catch (error) {
      this.#options.onProblem(asError(error).message);
    }
  }
}
