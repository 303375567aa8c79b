import { createHmac } from 'node:crypto';
import { SaidError, say } from '../../../../shared/sentences.ts';
import type { CanonicalEvent } from '../telemetry/canonical-event.ts';
import type { Deliver } from './batching-sink.ts';
import type { Post } from './post.ts';

/** Sends each batch as one JSON list. */
export function httpBatchDelivery(post: Post, url: string, headers: Headers = {}): Deliver {
  return async (events) => {
    await postJson(post, url, JSON.stringify(events), headers);
  };
}

type Headers = Readonly<Record<string, string>>;

const SIGNATURE_HEADER = 'x-pontual-signature';
const EVENT_HEADER = 'x-pontual-event';

/**
 * Sends each event in a request of its own, signed: the header holds `t=SECONDS,v1=HEX`, where HEX is the
 * HMAC-SHA-256 of `SECONDS.BODY` with the shared secret. The receiver recomputes it and refuses old instants, so that
 * a recorded request cannot be sent again. Use it with batches of one: what failed is then all that is sent again.
 */
export function webhookDelivery(
  post: Post,
  url: string,
  secret: string,
  nowMs: () => number,
): Deliver {
  return async (events) => {
    for (const event of events) {
      const body = JSON.stringify(event);
      await postJson(post, url, body, {
        [EVENT_HEADER]: event.event,
        [SIGNATURE_HEADER]: signature(body, secret, nowMs()),
      });
    }
  };
}

export function signature(body: string, secret: string, nowMs: number): string {
  const seconds = Math.trunc(nowMs / 1000);
  const hex = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hex}`;
}

/** Which events a webhook was registered for. */
export function wantsOnly(
  names: readonly CanonicalEvent['event'][],
): (event: CanonicalEvent) => boolean {
  return ({ event }) => names.includes(event);
}

async function postJson(post: Post, url: string, body: string, headers: Headers): Promise<void> {
  const { status } = await post({
    url,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  if (status < 200 || status > 299) throw new SaidError(say('sinkAnswered', { status }));
}
