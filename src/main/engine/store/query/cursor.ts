import { invalid } from '../../../../shared/errors.ts';

export type CursorPart = string | number;

/** Where a list goes on, as text that means nothing to others: `list` tells one list's cursors from another's. */
export function writeCursor(list: string, parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString('base64url');
}

/** Throws `PontualError('validation')` when the text was not made by `writeCursor` for this list. */
export function readCursor(
  list: string,
  shape: readonly ('string' | 'number')[],
  text: string,
): CursorPart[] {
  const parts = parse(text);
  const isOurs =
    Array.isArray(parts) &&
    parts.length === shape.length + 1 &&
    parts[0] === list &&
    shape.every((type, at) => typeof parts[at + 1] === type);
  if (!isOurs)
    throw invalid([
      { path: 'cursor', message: 'This cursor was not made by this list. Leave it out to start.' },
    ]);
  return parts.slice(1) as CursorPart[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
