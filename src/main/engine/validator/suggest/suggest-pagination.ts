import { type Pagination, paginationSchema } from '../../../../shared/integration.ts';
import type { JsonValue } from '../../../../shared/values.ts';
import { pathTo } from './suggest-path.ts';

type JsonObject = { readonly [key: string]: JsonValue };

/** What an answer shows of how it goes on. */
export interface PaginationClues {
  readonly body: JsonValue;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly records: number;
}

/** A member of the body outside its lists: where it is, what it is called, what it holds. */
interface Member {
  readonly path: string;
  readonly name: string;
  /** Names joined, lower case, without separators: `meta.next_cursor` is `metanextcursor`. */
  readonly trail: string;
  readonly value: JsonValue;
}

/** The pagination that an answer speaks of, most certain sign first; null when it speaks of none. */
export function suggestPagination(clues: PaginationClues): Pagination | null {
  const members = membersOf(clues.body, '$', '', 0);
  const query = queryOf(clues.url);
  return (
    fromLinkHeader(clues.headers) ??
    fromNextUrl(members) ??
    fromCursor(members, query) ??
    fromCursorHeader(clues.headers, query) ??
    fromPageNumber(members, clues.headers, query) ??
    fromOffset(members, clues.headers, query, clues.records)
  );
}

/** How many records the API says there are in all, or null. */
export function totalOf(body: JsonValue, headers: Readonly<Record<string, string>>): number | null {
  const header = headers['x-total-count'] ?? headers['x-total'] ?? headers['total-count'];
  if (header !== undefined && /^\d+$/.test(header)) return Number(header);
  const member = membersOf(body, '$', '', 0).find(({ name, value }) => isTotal(name, value));
  return typeof member?.value === 'number' ? member.value : null;
}

function fromLinkHeader(headers: Readonly<Record<string, string>>): Pagination | null {
  const hasNext = /;\s*rel\s*=\s*"?[^",;]*\bnext\b/i.test(headers['link'] ?? '');
  return hasNext ? paginationSchema.parse({ kind: 'link-header' }) : null;
}

const NEXT_URL = /next(?:page)?(?:url|link|uri|href)?$|links?next(?:href)?$|odatanextlink$/;

function fromNextUrl(members: readonly Member[]): Pagination | null {
  const next = members.find(
    ({ trail, value }) =>
      typeof value === 'string' && /^(?:https?:\/\/|\/|\?)/.test(value) && NEXT_URL.test(trail),
  );
  return next ? paginationSchema.parse({ kind: 'next-url-body', path: next.path }) : null;
}

const CURSOR =
  /(?:next(?:page)?(?:cursor|token|key|id)|cursors?(?:next|after)?|continuation(?:token)?|scrollid|pagetoken|endcursor|(?:paging|pagination|page|meta)after|bookmark|marker|nextmarker|starting_?after)$/;

function fromCursor(members: readonly Member[], query: URLSearchParams): Pagination | null {
  const cursor = members.find(
    ({ trail, value }) => isCursorValue(value) && CURSOR.test(trail) && !/prev/.test(trail),
  );
  if (!cursor) return null;
  const parameter = cursorParameter(cursor, query);
  return paginationSchema.parse({ kind: 'cursor-body', path: cursor.path, parameter });
}

function isCursorValue(value: JsonValue): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value !== '');
}

/** APIs take the cursor by its name without `next`: `next_page_token` goes out as `page_token`. */
function cursorParameter({ name, trail }: Member, query: URLSearchParams): string {
  const asked = [...query.keys()].find((one) =>
    /cursor|token|after|marker|continuation|scroll/i.test(one),
  );
  if (asked !== undefined) return asked;
  if (trail.endsWith('cursorsafter') || name === 'endCursor') return 'after';
  const bare = name.replace(/^next[_-]?/i, '');
  if (bare === '' || bare.toLowerCase() === 'id') return 'cursor';
  return bare.slice(0, 1).toLowerCase() + bare.slice(1);
}

function fromCursorHeader(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Pagination | null {
  const header = Object.keys(headers).find((name) =>
    /^x-(?:.*-)?(?:next-cursor|cursor-next|next-token|continuation(?:-?token)?)$/.test(name),
  );
  if (header === undefined || headers[header] === '') return null;
  const parameter = [...query.keys()].find((one) => /cursor|token/i.test(one)) ?? 'cursor';
  return paginationSchema.parse({ kind: 'cursor-header', header, parameter });
}

const TOTAL_PAGES =
  /(?:total_?pages?|pages?_?total|pages?_?count|last_?page|num_?pages|total_?paginas|paginas)$/i;
const PAGE =
  /^(?:page|current_?page|page_?number|page_?no|pageindex|pagina|numero_?pagina|number)$/i;
const PAGE_PARAMETER = /^(?:page|p|_page|page_?number|pageindex|pagina|page\[number\])$/i;

function fromPageNumber(
  members: readonly Member[],
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): Pagination | null {
  const asked = [...query.keys()].find((name) => PAGE_PARAMETER.test(name));
  const pages =
    members.find(({ name, value }) => typeof value === 'number' && TOTAL_PAGES.test(name)) ??
    members.find(({ name, value }) => typeof value === 'number' && name === 'pages');
  const page = members.find(({ name, value }) => typeof value === 'number' && PAGE.test(name));
  const told = 'x-total-pages' in headers || 'x-next-page' in headers || 'x-page' in headers;
  if (asked === undefined && !pages && !told && !(page && hasTotal(members))) return null;
  return paginationSchema.parse({
    kind: 'page-number',
    parameter: asked ?? parameterLike(page),
    startAt: page?.value === 0 || query.get(asked ?? '') === '0' ? 0 : 1,
    totalPagesPath: pages?.path ?? null,
    ...sizeOf(query),
  });
}

function parameterLike(page: Member | undefined): string {
  return page && PAGE_PARAMETER.test(page.name) ? page.name : 'page';
}

const OFFSET = /^(?:offset|skip|start|from|first|startat|start_?index|\$skip|_start)$/i;

function fromOffset(
  members: readonly Member[],
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
  records: number,
): Pagination | null {
  const asked = [...query.keys()].find((name) => OFFSET.test(name));
  const told = members.find(({ name, value }) => typeof value === 'number' && OFFSET.test(name));
  const counted = hasTotal(members) || 'x-total-count' in headers;
  if (asked === undefined && !(told && (counted || hasLimit(members)))) return null;
  const start = Number(query.get(asked ?? '') ?? told?.value ?? 0);
  const size = sizeOf(query);
  const limit = members.find(({ name, value }) => typeof value === 'number' && LIMIT.test(name));
  return paginationSchema.parse({
    kind: 'offset',
    parameter: asked ?? told?.name,
    startAt: Number.isInteger(start) && start >= 0 && start < Math.max(records, 1) ? start : 0,
    ...(size.size === null && limit && Number(limit.value) > 0
      ? { sizeParameter: limit.name, size: limit.value }
      : size),
  });
}

const LIMIT =
  /^(?:limit|per_?page|page_?size|pagesize|size|count|max_?results|\$top|_limit|take)$/i;

function hasLimit(members: readonly Member[]): boolean {
  return members.some(({ name, value }) => typeof value === 'number' && LIMIT.test(name));
}

/** The page size that the address asks for already. */
function sizeOf(query: URLSearchParams): { sizeParameter: string | null; size: number | null } {
  for (const [name, value] of query) {
    if (LIMIT.test(name) && /^[1-9]\d{0,5}$/.test(value))
      return { sizeParameter: name, size: Number(value) };
  }
  return { sizeParameter: null, size: null };
}

function hasTotal(members: readonly Member[]): boolean {
  return members.some(({ name, value }) => isTotal(name, value));
}

function isTotal(name: string, value: JsonValue): boolean {
  return (
    typeof value === 'number' &&
    /^(?:total|total_?(?:count|results|items|records|elements|hits|registros)|count|num_?results|numfound|totalsize)$/i.test(
      name,
    )
  );
}

const DEEPEST = 4;
const MOST_MEMBERS = 500;

function membersOf(value: JsonValue, path: string, trail: string, depth: number): Member[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth >= DEEPEST)
    return [];
  return Object.entries(value as JsonObject)
    .slice(0, MOST_MEMBERS)
    .flatMap(([name, child]) => {
      const at = pathTo(path, name);
      const way = trail + name.toLowerCase().replace(/[^a-z0-9]/g, '');
      return [
        { path: at, name, trail: way, value: child },
        ...membersOf(child, at, way, depth + 1),
      ];
    });
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
