import type { Pagination } from '../../../../shared/integration.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import { END, type NextPage, type PageFacts, type Paginator, type Share } from './paginator.ts';
import { sizeParameters } from './size.ts';

type Numbered = Extract<Pagination, { kind: 'page-number' | 'offset' }>;

/**
 * Page numbers and offsets. Both end at an empty page; a short page proves nothing. An offset advances by the records
 * that came, because the API may give fewer than asked for; only instances that share the pages step by the size.
 */
export function numberedPages(pagination: Numbered, share: Share): Paginator {
  const { parameter, startAt } = pagination;
  const size = sizeParameters(pagination);
  const width = pagination.kind === 'offset' ? (pagination.size ?? 1) : 1;
  const totalPath = pagination.kind === 'page-number' ? pagination.totalPagesPath : null;

  const total = (page: PageFacts): number | null =>
    totalPath === null ? null : pageCount(page.extracted[totalPath]);

  const step = (page: PageFacts): number => {
    if (share.instances > 1) return share.instances * width;
    return pagination.kind === 'offset' ? page.received : 1;
  };

  const next = (page: PageFacts): NextPage => {
    if (page.received === 0) return END;
    const token = Number(page.token) + step(page);
    const last = total(page);
    return last !== null && token >= startAt + last ? END : { kind: 'next', token };
  };

  return {
    first: startAt + (share.instance - 1) * width,
    extract: totalPath === null ? [] : [totalPath],
    parameters: (token) => [[parameter, String(token)], ...size],
    address: () => null,
    next,
    total,
  };
}

function pageCount(value: JsonValue | undefined): number | null {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof count === 'number' && Number.isFinite(count) && count >= 0
    ? Math.ceil(count)
    : null;
}
