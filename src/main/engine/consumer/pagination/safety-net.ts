import type { NextPage, PageToken } from './paginator.ts';

/**
 * Ends reads that would not end by themselves, whatever the API does: a page that comes again, a cursor that comes
 * again or does not move, pages that stay empty, more pages than allowed.
 */
export type Verdict =
  | { readonly kind: 'next'; readonly token: NonNullable<PageToken> }
  | { readonly kind: 'end' }
  | { readonly kind: 'partial'; readonly reason: string };

export interface JudgedPage {
  /** How many pages of this read there are with this one. */
  readonly pages: number;
  readonly token: PageToken;
  readonly received: number;
  /** Same text = the same records; null = not known (the page was not modified). */
  readonly fingerprint: string | null;
}

/** Some APIs filter after they cut their pages: an empty page may be followed by a full one, but not for ever. */
export const EMPTY_PAGES_IN_ROW = 3;

/** Memory of one read. */
export class SafetyNet {
  readonly #maxPages: number;
  /** Made with the second page: most reads have one. */
  #tokens: Set<PageToken> | null = null;
  readonly #fingerprints = new Set<string>();
  #emptyInRow = 0;

  /** `lastFingerprint`: of the page before the one that this attempt begins with. */
  constructor(maxPages: number, lastFingerprint: string | null) {
    this.#maxPages = maxPages;
    if (lastFingerprint !== null) this.#fingerprints.add(lastFingerprint);
  }

  /** Whether this page's records have come before in this read; call once a page, before `judge`. */
  isRepeated(page: JudgedPage): boolean {
    if (page.fingerprint === null || page.received === 0) return false;
    if (this.#fingerprints.has(page.fingerprint)) return true;
    this.#fingerprints.add(page.fingerprint);
    return false;
  }

  judge(page: JudgedPage, next: NextPage): Verdict {
    this.#emptyInRow = page.received === 0 ? this.#emptyInRow + 1 : 0;
    if (next.kind === 'unclear') return { kind: 'partial', reason: next.reason };
    if (next.kind === 'end' || this.#emptyInRow >= EMPTY_PAGES_IN_ROW) return { kind: 'end' };
    this.#tokens ??= new Set();
    this.#tokens.add(page.token);
    if (this.#tokens.has(next.token)) return { kind: 'partial', reason: 'repeated-cursor' };
    if (page.pages >= this.#maxPages) return { kind: 'partial', reason: 'max-pages' };
    return next;
  }
}
