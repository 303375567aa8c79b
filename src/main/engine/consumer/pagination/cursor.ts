import type { Pagination } from '../../../../shared/integration.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import { headerText } from '../http/headers.ts';
import { END, type NextPage, type Paginator } from './paginator.ts';
import { sizeParameters } from './size.ts';

type WithCursor = Extract<Pagination, { kind: 'cursor-body' | 'cursor-header' }>;

/** An opaque cursor in the body or in a header of each page; no cursor ends the read. */
export function cursorPages(pagination: WithCursor): Paginator {
  const { parameter } = pagination;
  const size = sizeParameters(pagination);
  return {
    first: null,
    extract: pagination.kind === 'cursor-body' ? [pagination.path] : [],
    parameters: (token) => (token === null ? size : [[parameter, String(token)], ...size]),
    address: () => null,
    next: (page) =>
      pagination.kind === 'cursor-body'
        ? fromBody(page.extracted[pagination.path])
        : fromText(headerText(page.headers, pagination.header)),
    total: () => null,
  };
}

function fromBody(value: JsonValue | undefined): NextPage {
  // `false` is how some APIs say "no more".
  if (value === undefined || value === null || value === false) return END;
  if (typeof value === 'number') return { kind: 'next', token: value };
  if (typeof value === 'string') return fromText(value);
  return { kind: 'unclear', reason: 'the cursor is neither a text nor a number' };
}

function fromText(value: string | null): NextPage {
  return value === null || value === '' ? END : { kind: 'next', token: value };
}
