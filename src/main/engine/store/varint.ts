/** Unsigned integers up to 2^53 in as few bytes as they need: seven bits a byte, low ones first. */
export interface Cursor {
  at: number;
}

export function appendVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

export function readVarint(bytes: Uint8Array, cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  for (;;) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new Error('A packed number is cut short.');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
}

/** Packs ids in the order given, as differences: neighbours take one byte. */
export function packIds(ids: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const id of ids) {
    const step = id - last;
    appendVarint(bytes, step >= 0 ? step * 2 : -step * 2 - 1);
    last = id;
  }
  return Uint8Array.from(bytes);
}

export function unpackIds(packed: Uint8Array): number[] {
  const ids: number[] = [];
  const cursor: Cursor = { at: 0 };
  let last = 0;
  while (cursor.at < packed.length) {
    const step = readVarint(packed, cursor);
    last += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    ids.push(last);
  }
  return ids;
}
