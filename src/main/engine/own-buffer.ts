/** So much of a buffer must be in use for it to be handed over whole. */
const USED_SHARE = 0.75;

/**
 * Whether bytes have their buffer for themselves, but for a little room at its end: then it can be handed over to
 * another thread with them, instead of being copied.
 */
export function hasOwnBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return (
    bytes.buffer instanceof ArrayBuffer &&
    bytes.byteOffset === 0 &&
    bytes.byteLength >= USED_SHARE * bytes.buffer.byteLength
  );
}
