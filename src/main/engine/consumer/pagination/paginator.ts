import type { JsonValue } from '../../../../shared/values.ts';
import type { ResponseHeaders } from '../http/headers.ts';

/**
 * Where a page lies, as its pagination counts: a page number or offset, a cursor, or an address. It survives in the
 * store as JSON; null is the first page of a pagination that has no number for it.
 */
export type PageToken = string | number | null;

/** What the pagination is told about a page that was read. */
export interface PageFacts {
  readonly token: PageToken;
  /** Where the page came from, after redirects. */
  readonly url: string;
  /** Records received, good or not. */
  readonly received: number;
  readonly headers: ResponseHeaders;
  /** By JSONPath: the first value there. */
  readonly extracted: Readonly<Record<string, JsonValue>>;
}

export type NextPage =
  | { readonly kind: 'next'; readonly token: NonNullable<PageToken> }
  | { readonly kind: 'end' }
  /** The API said something about a next page that cannot be followed. */
  | { readonly kind: 'unclear'; readonly reason: string };

export const END: NextPage = { kind: 'end' };

/** One kind of pagination: pure functions from a page to the next one. */
export interface Paginator {
  readonly first: PageToken;
  /** JSONPaths whose values `next` needs. */
  readonly extract: readonly string[];
  /** Query parameters that lead to a page. */
  readonly parameters: (token: PageToken) => readonly (readonly [string, string])[];
  /** The whole address of a page, where the API gives one; null = the declared address with `parameters`. */
  readonly address: (token: PageToken) => string | null;
  readonly next: (page: PageFacts) => NextPage;
  /** Pages that the API says there are in all. */
  readonly total: (page: PageFacts) => number | null;
}

/** Which of `instances` parallel readers this one is, 1 for the first. */
export interface Share {
  readonly instance: number;
  readonly instances: number;
}
