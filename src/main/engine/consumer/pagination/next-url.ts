import type { Pagination } from '../../../../shared/integration.ts';
import { headerText } from '../http/headers.ts';
import { nextLink } from './link-header.ts';
import { END, type NextPage, type PageFacts, type Paginator } from './paginator.ts';
import { sizeParameters } from './size.ts';

type WithNextUrl = Extract<Pagination, { kind: 'next-url-body' | 'link-header' }>;

/** The address of the next page, whole or relative to this one, in the body or in the `Link` header. */
export function nextUrlPages(pagination: WithNextUrl): Paginator {
  const size = sizeParameters(pagination);
  return {
    first: null,
    extract: pagination.kind === 'next-url-body' ? [pagination.path] : [],
    parameters: (token) => (token === null ? size : []),
    address: (token) => (token === null ? null : String(token)),
    next: (page) => follow(page, linkOf(pagination, page)),
    total: () => null,
  };
}

function linkOf(pagination: WithNextUrl, page: PageFacts): unknown {
  if (pagination.kind === 'next-url-body') return page.extracted[pagination.path];
  return nextLink(headerText(page.headers, 'link') ?? '');
}

function follow(page: PageFacts, link: unknown): NextPage {
  if (link === undefined || link === null || link === '' || link === false) return END;
  if (typeof link !== 'string' || !URL.canParse(link, page.url))
    return { kind: 'unclear', reason: 'the next page is not given as an address' };
  return { kind: 'next', token: new URL(link, page.url).href };
}
