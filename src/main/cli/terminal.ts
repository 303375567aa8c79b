import type { Translate } from '../../shared/i18n/index.ts';
import { colourLines, colourOfOutcome } from './table.ts';

/** Where a command writes. Standard output holds what was asked for and nothing else, so that it can be piped. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly isColoured: boolean;
}

export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  warn: (text) => void process.stderr.write(text),
  isColoured: process.stdout.isTTY && !process.env['NO_COLOR'],
};

/** As `show`, but a list with nothing in it says so to a person. */
export function showList<T>(
  {
    terminal,
    json,
    t,
  }: { readonly terminal: Terminal; readonly json: boolean; readonly t: Translate },
  list: readonly T[],
  people: (list: readonly T[], t: Translate) => string,
): void {
  show(terminal, json, list, () => (list.length === 0 ? t('cli.nothing') : people(list, t)));
}

/** Writes an answer: as it is with `--json`, else as `people` puts it. */
export function show<T>(
  terminal: Terminal,
  asJson: boolean,
  answer: T,
  people: (answer: T) => string,
): void {
  if (asJson) {
    terminal.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const text = people(answer);
  terminal.write(`${terminal.isColoured ? colourLines(text, colourOfOutcome) : text}\n`);
}
