import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Seals secrets with AES-256-GCM. Name and origin are authenticated with the value (AAD), so a sealed value moved to
 * another name, or bound to another origin, does not open; a fresh nonce makes equal values look different.
 *
 *     version u8 (1) | nonce 12 bytes | tag 16 bytes | ciphertext
 */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
export const DATA_KEY_BYTES = 32;

export interface SealedFor {
  readonly name: string;
  readonly origin: string;
}

export function seal(key: Uint8Array, value: string, { name, origin }: SealedFor): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(name, origin));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return new Uint8Array(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]));
}

/** The value, or null when this key does not open it: another machine's, another user's, or a changed byte. */
export function open(
  key: Uint8Array,
  sealed: Uint8Array,
  { name, origin }: SealedFor,
): string | null {
  if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(aad(name, origin))
    .setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    const body = decipher.update(sealed.subarray(HEAD_BYTES));
    return Buffer.concat([body, decipher.final()]).toString('utf8');
  } catch {
    // The only thing that `final` tells is that the tag does not fit.
    return null;
  }
}

function aad(name: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify([name, origin]), 'utf8');
}
