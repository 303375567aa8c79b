import { request, type Dispatcher } from 'undici';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request and answers its status; rejects when there is no answer. */
export type Post = (request: PostRequest) => Promise<{ readonly status: number }>;

const TOTAL_MS = 10_000;

/**
 * Posts through sockets that the engine hands in, so that a sink is held to the same rules of address and TLS as every
 * other request of the program. Redirects are not followed: they are answers that are not 2xx.
 */
export function createPost(dispatcherFor: (origin: string) => Dispatcher): Post {
  return async ({ url, headers, body }) => {
    const { origin } = new URL(url);
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      dispatcher: dispatcherFor(origin),
      signal: AbortSignal.timeout(TOTAL_MS),
    });
    // A body that is not read keeps its socket.
    await answer.body.dump();
    return { status: answer.statusCode };
  };
}
