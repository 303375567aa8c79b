import type { Pagination } from '../../shared/integration.ts';
import type { IntegrationModel } from './integration-model.ts';

/** What a value of an answer is good for in the form: what a click on it does. */
export type ValueUse =
  | { readonly kind: 'key'; readonly field: string }
  | { readonly kind: 'paging'; readonly pagination: Pagination }
  /** Nothing that is known here: its path is copied. */
  | { readonly kind: 'copy' };

const COPY: ValueUse = { kind: 'copy' };

/** Inside a record a value can be part of the key; outside it tells of the pages, as the form says they are read. */
export function useOf(
  path: string,
  { path: records, integration }: Pick<IntegrationModel, 'path' | 'integration'>,
): ValueUse {
  const field = fieldInRecord(path, records);
  if (field !== null) return { kind: 'key', field };
  const { pagination } = integration;
  switch (pagination.kind) {
    case 'page-number':
      return { kind: 'paging', pagination: { ...pagination, totalPagesPath: path } };
    case 'cursor-body':
    case 'next-url-body':
      return { kind: 'paging', pagination: { ...pagination, path } };
    default:
      return COPY;
  }
}

/** The dotted name of a value in one of the records; null when it is in none, or its name cannot be written so. */
function fieldInRecord(path: string, records: string): string | null {
  const list = records.trim().replace(/\[\*\]$/, '');
  if (!path.startsWith(list)) return null;
  return /^\[\d+\]\.([A-Za-z_][\w.]*)$/.exec(path.slice(list.length))?.[1] ?? null;
}
