import { assertNever } from '../../../../shared/assert-never.ts';
import type { Pagination } from '../../../../shared/integration.ts';
import { say, type Sentence } from '../../../../shared/sentences.ts';
import { cursorPages } from './cursor.ts';
import { nextUrlPages } from './next-url.ts';
import { numberedPages } from './numbered.ts';
import { END, type Paginator, type Share } from './paginator.ts';

const ONE_READER: Share = { instance: 1, instances: 1 };

const singlePage: Paginator = {
  first: null,
  extract: [],
  parameters: () => [],
  address: () => null,
  next: () => END,
  total: () => 1,
};

/** `share`: only every N-th page is read, beginning with the instance's own; for numbered pages and offsets only. */
export function createPaginator(pagination: Pagination, share: Share = ONE_READER): Paginator {
  switch (pagination.kind) {
    case 'none':
      return singlePage;
    case 'page-number':
    case 'offset':
      return numberedPages(pagination, share);
    case 'cursor-body':
    case 'cursor-header':
      return cursorPages(pagination);
    case 'next-url-body':
    case 'link-header':
      return nextUrlPages(pagination);
    default:
      return assertNever(pagination);
  }
}

/** Why the pages of this pagination cannot be shared out among instances; null when they can. */
export function splitProblem(pagination: Pagination): Sentence | null {
  switch (pagination.kind) {
    case 'page-number':
      return null;
    case 'offset':
      return pagination.size === null ? say('splitNeedsSize') : null;
    case 'none':
    case 'cursor-body':
    case 'cursor-header':
    case 'next-url-body':
    case 'link-header':
      return say('splitByKind', { kind: pagination.kind });
  }
}
