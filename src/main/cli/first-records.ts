/**
 * The first records of an export that comes in pieces, with the headings of a table before them; the rest is not read.
 * A line end between quotes is part of its row, as CSV has it; JSON lines have none there.
 */
export async function* firstRecords(
  pieces: AsyncIterable<string>,
  most: number,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string> {
  let left = format === 'csv' ? most + 1 : most;
  let isQuoted = false;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at++) {
      const character = piece[at];
      if (character === '"' && format === 'csv') isQuoted = !isQuoted;
      if (character !== '\n' || isQuoted || --left > 0) continue;
      yield piece.slice(0, at + 1);
      return;
    }
    yield piece;
  }
}
