import type { Op } from './ops.ts';

/**
 * A transaction as text and bytes: what main sends to the store thread, what is journaled and what is applied.
 * The text is the JSON of the operations; a `Uint8Array` in one of them stands beside it and is named by its place.
 */
export interface EncodedTransaction {
  readonly text: string;
  readonly blobs: readonly Uint8Array[];
}

export function encodeTransaction(ops: readonly Op[]): EncodedTransaction {
  const blobs: Uint8Array[] = [];
  const place = (bytes: Uint8Array) => blobs.push(bytes) - 1;
  const plain = ops.map((op) => {
    if (op.kind === 'page.put' || op.kind === 'quarantine.replay')
      return op.batch ? { ...op, batch: place(op.batch) } : op;
    if (op.kind === 'secret.put') return { ...op, sealed: place(op.sealed) };
    return op;
  });
  return { text: JSON.stringify(plain), blobs };
}

export function decodeTransaction({ text, blobs }: EncodedTransaction): Op[] {
  const ops = JSON.parse(text) as unknown[];
  if (blobs.length > 0) for (const op of ops) restoreBlob(op as WithPlace, blobs);
  return ops as Op[];
}

interface WithPlace {
  kind: string;
  batch?: unknown;
  sealed?: unknown;
}

function restoreBlob(op: WithPlace, blobs: readonly Uint8Array[]): void {
  const restore = (place: unknown) => {
    const bytes = typeof place === 'number' ? blobs[place] : undefined;
    if (!bytes) throw new Error('A transaction names bytes that it does not carry.');
    return bytes;
  };
  if ((op.kind === 'page.put' || op.kind === 'quarantine.replay') && op.batch !== null)
    op.batch = restore(op.batch);
  if (op.kind === 'secret.put') op.sealed = restore(op.sealed);
}
