import type { ContractHandlers } from '../../shared/contract.ts';
import type { DesktopFilledInput, DesktopOutput } from '../../shared/desktop-contract.ts';
import { asError, PontualError } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import type { DataRecord } from '../../shared/record.ts';
import { say } from '../../shared/sentences.ts';
import { toIso, type Clock } from '../engine/clock.ts';
import { writeWholeFile } from './whole-file.ts';

export interface RecordFileDeps {
  readonly list: ContractHandlers['records.list'];
  /** Where to: a path, or null when the person thought better of it. */
  readonly askPath: (name: string, format: 'csv' | 'jsonl') => Promise<string | null>;
  readonly clock: Clock;
  readonly locale: Locale;
}

const AT_ONCE = 500;

/** Writes all records that the filter lets through into a file of the person's choice. */
export async function exportRecords(
  { format, ...filter }: DesktopFilledInput<'records.export'>,
  { list, askPath, clock, locale }: RecordFileDeps,
): Promise<DesktopOutput<'records.export'>> {
  const today = toIso(clock.now()).slice(0, 10);
  const path = await askPath(`${filter.integrationId ?? 'records'}-${today}.${format}`, format);
  if (path === null) return { path, records: 0 };
  // Loaded when it is needed: few starts of the program write a table.
  const { exportText, wholeList } = await import('../server/record-export.ts');
  let records = 0;
  async function* counted(pages: AsyncIterable<readonly DataRecord[]>) {
    for await (const page of pages) {
      records += page.length;
      yield page;
    }
  }
  const page = { ...filter, limit: AT_ONCE, format: 'json', locale } as const;
  const pages = wholeList(
    (cursor) => list({ ...page, ...(cursor === null ? {} : { cursor }) }, { via: 'gui' }),
    () => toIso(clock.now()),
  );
  try {
    await writeWholeFile(path, exportText(counted(pages), format, locale));
  } catch (thrown) {
    if (thrown instanceof PontualError) throw thrown;
    const { message: why } = asError(thrown);
    throw new PontualError('conflict', say('exportFailed', { path, why }), { cause: thrown });
  }
  return { path, records };
}
