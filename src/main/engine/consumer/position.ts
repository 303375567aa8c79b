import type { JsonValue } from '../../../shared/values.ts';
import type { PageToken } from './pagination/paginator.ts';

/** Where a later attempt of the same run goes on; kept in the store as JSON with each page. */
export interface Position {
  readonly next: PageToken;
  /** Greatest value of the incremental field so far. */
  readonly mark: string | null;
  /** Fingerprint of the last page's records. */
  readonly print: string | null;
}

/** null when it is no position of ours: the read then begins anew, which does no harm. */
export function parsePosition(value: JsonValue): Position | null {
  if (typeof value !== 'object' || value === null || !('next' in value)) return null;
  const { next, mark, print } = value as Readonly<Record<string, JsonValue | undefined>>;
  if (typeof next !== 'string' && typeof next !== 'number' && next !== null) return null;
  return { next, mark: textOf(mark), print: textOf(print) };
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
