import { createHash, hash } from 'node:crypto';
import { nextTurn } from './next-turn.ts';

/** So much is hashed in a few milliseconds also where the processor has no instructions for it. */
const AT_ONCE_BYTES = 2 * 1024 * 1024;
/** 16 bytes as hex. */
const CHARACTERS = 32;

/** By which the same body is known again: 16 bytes of SHA-256 as hex. A large one is hashed between other work. */
export function hashBody(body: Uint8Array): string | Promise<string> {
  return body.length <= AT_ONCE_BYTES
    ? hash('sha256', body, 'hex').slice(0, CHARACTERS)
    : hashInParts(body);
}

async function hashInParts(body: Uint8Array): Promise<string> {
  const sum = createHash('sha256');
  for (let at = 0; at < body.length; at += AT_ONCE_BYTES) {
    if (at > 0) await nextTurn();
    sum.update(body.subarray(at, at + AT_ONCE_BYTES));
  }
  return sum.digest('hex').slice(0, CHARACTERS);
}
