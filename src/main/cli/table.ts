import { stripVTControlCharacters, styleText } from 'node:util';
import { escapeText } from '../engine/observe/log/escape.ts';

/** Tables and colours for people. What APIs and people named may hold anything, so it is shown, not obeyed. */

export type Cell = string | number | null | undefined;
type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

const GAP = '  ';

/** Columns as wide as their content; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => row.map(shown));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => widthOf(row[column] ?? ''))),
  );
  const isNumeric = headings.map(
    (_heading, column) =>
      rows.some((row) => typeof row[column] === 'number') &&
      rows.every((row) => typeof (row[column] ?? 0) === 'number'),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)));
        return isNumeric[column] ? space + cell : cell + space;
      })
      .join(GAP)
      .trimEnd();
  return [line(headings), ...cells.map(line)].join('\n');
}

/** `name  value` lines. */
export function fields(pairs: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}${GAP}${shown(value)}`).join('\n');
}

function shown(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  return typeof cell === 'number' ? String(cell) : escapeText(cell);
}

function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** Colours whole lines by the outcome or state that they hold; for terminals only. */
export function colourLines(text: string, colourOf: (line: string) => Colour | null): string {
  return text
    .split('\n')
    .map((line, index) => {
      const colour = index === 0 ? 'bold' : colourOf(line);
      return colour === null ? line : styleText(colour, line);
    })
    .join('\n');
}

export function colourOfOutcome(line: string): Colour | null {
  if (/\b(?:failed|timed-out|interrupted|degraded)\b/.test(line)) return 'red';
  if (/\b(?:partial|retrying|paused|auto-paused|vanished)\b/.test(line)) return 'yellow';
  if (/\bsucceeded\b/.test(line)) return 'green';
  return /\b(?:skipped|cancelled|disabled)\b/.test(line) ? 'dim' : null;
}
