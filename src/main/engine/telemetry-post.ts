import type { Sockets } from './consumer/http/sockets.ts';
import type { Post } from './observe/sinks/post.ts';

interface Opened {
  readonly sockets: Sockets;
  readonly post: Post;
}

const CONNECT_MS = 10_000;

/**
 * What telemetry is posted through: sockets under the same rules as every other request. The HTTP library is loaded
 * with the first post; few programs ever make one, and the network thread has its own.
 */
export class TelemetryPost {
  readonly #environment: NodeJS.ProcessEnv;
  #opened: Promise<Opened> | null = null;
  #ownPorts: readonly number[] = [];

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  readonly post: Post = async (request) => {
    this.#opened ??= this.#open();
    const { sockets, post } = await this.#opened;
    sockets.setOwnPorts(this.#ownPorts);
    return post(request);
  };

  /** Ports of this machine that are never called: our own server's. */
  setOwnPorts(ports: readonly number[]): void {
    this.#ownPorts = ports;
  }

  async close(): Promise<void> {
    await (await this.#opened)?.sockets.close();
  }

  async #open(): Promise<Opened> {
    const [{ Sockets }, { createPost }] = await Promise.all([
      import('./consumer/http/sockets.ts'),
      import('./observe/sinks/post.ts'),
    ]);
    const sockets = new Sockets(this.#environment);
    const post = createPost(
      (origin) =>
        sockets.to({ origin, connectMs: CONNECT_MS, isDeclaredHost: true, authority: null })
          .dispatcher,
    );
    return { sockets, post };
  }
}
