import { describe, expect, it } from 'vitest';
import { exportText, wholeList } from '../../../src/main/server/record-export.ts';
import type { DataRecord } from '../../../src/shared/record.ts';

const record = (key: string, changedAt: string, data: DataRecord['data'] = {}) =>
  ({ integrationId: 'items', key, change: 'new', version: 1, changedAt, data }) as DataRecord;
const at = (minute: number) => `2026-11-21T12:${String(minute).padStart(2, '0')}:00.000Z`;

/** A list of two a page, last changed first, that changes while it is being read. */
function changingList(records: DataRecord[], afterPage: (page: number) => void) {
  let pages = 0;
  return async (cursor: string | null) => {
    const from = Number(cursor ?? 0);
    const sorted = [...records].sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1));
    const items = sorted.slice(from, from + 2);
    afterPage(++pages);
    return { items, nextCursor: from + 2 < sorted.length ? String(from + 2) : null };
  };
}

async function keysOf(pages: AsyncIterable<readonly DataRecord[]>): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of pages) keys.push(...page.map(({ key }) => key));
  return keys;
}

describe('a list that is exported', () => {
  it('misses no record that changes while it is being read', async () => {
    const records = ['e', 'd', 'c', 'b', 'a'].map((key, index) => record(key, at(5 - index)));
    const read = changingList(records, (page) => {
      // The last one, which was not read yet, moves to the front.
      if (page === 1) records[4] = record('a', at(30));
    });
    expect(new Set(await keysOf(wholeList(read, () => at(20))))).toEqual(
      new Set(['a', 'b', 'c', 'd', 'e']),
    );
  });

  it('comes once when nothing changes', async () => {
    const records = ['c', 'b', 'a'].map((key, index) => record(key, at(5 - index)));
    const read = changingList(records, () => undefined);
    expect(await keysOf(wholeList(read, () => at(20)))).toEqual(['c', 'b', 'a']);
  });

  it('has its headings also when it is empty, and once', async () => {
    async function* pages() {
      yield [];
      yield [record('a', at(1), { n: 1 })];
    }
    let text = '';
    for await (const piece of exportText(pages(), 'csv', 'en')) text += piece;
    const [head, ...rows] = text.trimEnd().split('\r\n');
    expect(head).toMatch(/^integrationId,key,.*,runId,data$/);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatch(/,"\{""n"":1\}"$/);
  });

  it.each([
    '=cmd()',
    '+1+1',
    '@SUM(A1)',
    '-2+3',
    '\tx',
    ' =1+1',
    '\u00a0=1',
    '\0=1',
    '\u200b@a',
    '＝1+1',
    '|x',
  ])('gives a spreadsheet no formula to run: %j', async (note) => {
    async function* pages() {
      yield [record('a', at(1), { note })];
    }
    let text = '';
    for await (const piece of exportText(pages(), 'csv', 'pt-BR')) text += piece;
    expect(text).toContain(`;'${note};`);
  });
});
