import { stringify } from 'csv-stringify/sync';
import { isLosslessNumber, parse as parseLossless } from 'lossless-json';
import type { DataRecord } from '../../shared/record.ts';
import type { JsonValue, Page } from '../../shared/values.ts';
import { exactJson } from '../engine/exact-data.ts';

/** A whole list of records as a file, written while it is read, digits as they were sent. */

export type ExportFormat = 'csv' | 'jsonl';
export type ExportLocale = 'en' | 'pt-BR';

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
};

/**
 * All records of a list that is ordered by change, last changed first. What changes while it is being read moves to
 * the front, behind the reader's back; it follows at the end, so that nothing is missing: the later row is the newer.
 */
export async function* wholeList(
  read: (cursor: string | null) => Promise<Page<DataRecord>>,
  now: () => string,
): AsyncGenerator<readonly DataRecord[]> {
  const startedAt = now();
  let cursor: string | null = null;
  do {
    const page = await read(cursor);
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
  do {
    const page = await read(cursor);
    const since = page.items.filter(({ changedAt }) => changedAt >= startedAt);
    yield since;
    cursor = since.length < page.items.length ? null : page.nextCursor;
  } while (cursor !== null);
}

/** The lists of records as text, a piece a page. */
export async function* exportText(
  pages: AsyncIterable<readonly DataRecord[]>,
  format: ExportFormat,
  locale: ExportLocale,
): AsyncGenerator<string> {
  let columns: readonly string[] | null = null;
  for await (const records of pages) {
    if (format === 'jsonl') {
      yield records.map((record) => `${exactJson(record)}\n`).join('');
      continue;
    }
    const isFirst: boolean = columns === null;
    columns ??= dataColumns(records);
    yield csvText(records, columns, locale, isFirst);
  }
}

const OWN_COLUMNS = [
  'integrationId',
  'key',
  'change',
  'version',
  'firstSeenAt',
  'lastSeenAt',
  'changedAt',
  'vanishedAt',
  'runId',
] as const satisfies readonly (keyof DataRecord)[];

/** The fields of the first records each get a column; the last column holds the whole data of every record. */
function dataColumns(records: readonly DataRecord[]): readonly string[] {
  const names = new Set<string>();
  for (const { data } of records)
    if (isObject(data)) Object.keys(data).forEach((one) => names.add(one));
  return [...names];
}

function csvText(
  records: readonly DataRecord[],
  columns: readonly string[],
  locale: ExportLocale,
  isFirst: boolean,
): string {
  const headings = [...OWN_COLUMNS, ...columns.map((name) => `data.${name}`), 'data'].map(cell);
  const rows = records.map((record) => {
    const text = exactJson(record.data);
    const fields = isObject(record.data) ? exactFields(text) : {};
    return [
      ...OWN_COLUMNS.map((name) => cell(record[name])),
      ...columns.map((name) => (Object.hasOwn(fields, name) ? cell(fields[name]) : '')),
      text,
    ];
  });
  // Spreadsheets of Brazil read the semicolon, and take a file without this mark for another encoding.
  const isBrazilian = locale === 'pt-BR';
  return stringify(isFirst ? [headings, ...rows] : rows, {
    delimiter: isBrazilian ? ';' : ',',
    bom: isBrazilian && isFirst,
    record_delimiter: '\r\n',
  });
}

/** The members of an object, its numbers with their digits. */
function exactFields(text: string): Readonly<Record<string, unknown>> {
  return parseLossless(text) as Readonly<Record<string, unknown>>;
}

/** What a spreadsheet would take for a formula, and run: also behind spaces and unseen characters, and in full width. */
const FORMULA = /^(?:[\t\r\n]|[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠|])/u;
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (isLosslessNumber(value)) return value.value;
  if (typeof value !== 'string') return losslessText(value);
  return FORMULA.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value;
}

function losslessText(value: unknown): string {
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return `[${value.map(losslessText).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, one]) => `${JSON.stringify(name)}:${losslessText(one)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
