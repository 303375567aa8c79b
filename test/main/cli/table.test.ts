import { describe, expect, it } from 'vitest';
import { colourOfOutcome, fields, table } from '../../../src/main/cli/table.ts';

describe('table', () => {
  it('aligns its columns, numbers to the right', () => {
    const rows = [
      ['coins', 5, 'ok'],
      ['weather-berlin', 1200, null],
    ];
    expect(table(['ID', 'NEW', 'ERROR'], rows)).toBe(
      ['ID               NEW  ERROR', 'coins              5  ok', 'weather-berlin  1200  -'].join(
        '\n',
      ),
    );
  });

  it('shows only its headings when there is nothing', () => {
    expect(table(['ID', 'NAME'], [])).toBe('ID  NAME');
  });

  it('shows what APIs and people named without obeying it', () => {
    const text = table(['NAME'], [['\u001b[2J\nfake\u202e']]);
    expect(text).toBe('NAME\n\\u001b[2J\\nfake\\u202e');
  });
});

describe('fields', () => {
  it('lists names and values', () => {
    expect(
      fields([
        ['state', 'running'],
        ['jobs', 3],
        ['next', null],
      ]),
    ).toBe('state  running\njobs   3\nnext   -');
  });
});

describe('colourOfOutcome', () => {
  it.each([
    ['01J coins failed', 'red'],
    ['01J coins succeeded', 'green'],
    ['01J coins partial', 'yellow'],
    ['01J coins skipped', 'dim'],
    ['01J coins', null],
  ])('colours "%s" %s', (line, colour) => {
    expect(colourOfOutcome(line)).toBe(colour);
  });
});
