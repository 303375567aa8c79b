import type { JsonValue } from '../../../shared/values.ts';
import type { PageValidator } from '../store/ops.ts';
import type { ProcessedPage } from '../validator/page-types.ts';
import { validatorsIn } from './conditional.ts';
import type { GoodReply } from './http/http-client.ts';
import { NOTHING, type PageUnderWay, type PageYield } from './page-under-way.ts';
import { END, type NextPage, type PageToken, type Paginator } from './pagination/paginator.ts';

/** A page that was read, before its place in the read is judged. Pure. */
export interface ReadPage {
  readonly brought: PageYield;
  readonly fingerprint: string | null;
  readonly next: NextPage;
  readonly validator: UnplacedValidator | null;
  readonly mark: string | null;
}

/** How a page is asked for next time, before it is known what follows it. */
export type UnplacedValidator = Omit<PageValidator, 'next'>;

/** `bodyHash`: null when the page is not to be asked for conditionally. */
export function freshPage(
  page: PageUnderWay,
  token: PageToken,
  paginator: Paginator,
  reply: GoodReply,
  processed: ProcessedPage,
  bodyHash: string | null,
): ReadPage {
  const { counts, errorsByField, batch, quarantine, extracted } = processed;
  const { received, valid, invalid, warnings, duplicates } = counts;
  const facts = { token, url: reply.url, received, headers: reply.headers, extracted };
  return {
    brought: {
      counts: { received, valid, invalid, warnings, duplicates },
      errorsByField,
      batch,
      quarantine,
      totalPages: paginator.total(facts),
      notModified: false,
    },
    fingerprint: processed.recordsFingerprint,
    next: paginator.next(facts),
    // Without a list an answer is not to be trusted the next time either.
    validator:
      bodyHash === null || (page.number === 1 && processed.isListMissing)
        ? null
        : validatorOf(page, reply, bodyHash, valid, invalid),
    mark: processed.watermark,
  };
}

/** The page is as it was: its records count as seen, and the next page is where it was. */
export function unchangedPage(token: PageToken, known: PageValidator, reply: GoodReply): ReadPage {
  const { records, invalid } = known;
  const found = validatorsIn(reply.headers);
  return {
    brought: {
      ...NOTHING,
      counts: { ...NOTHING.counts, received: records + invalid, valid: records, invalid },
      notModified: true,
    },
    fingerprint: null,
    next: knownNext(known.next, token),
    validator: {
      ...known,
      etag: found.etag ?? known.etag,
      lastModified: found.lastModified ?? known.lastModified,
    },
    mark: null,
  };
}

/** Written out: this is made for every page, and spreading objects costs more than all of its arithmetic. */
export function placedValidator(known: UnplacedValidator, next: PageToken): PageValidator {
  const { page, url, etag, lastModified, bodyHash, records, invalid } = known;
  return { page, url, etag, lastModified, bodyHash, next, records, invalid };
}

function validatorOf(
  { number, url }: PageUnderWay,
  { headers }: GoodReply,
  bodyHash: string,
  records: number,
  invalid: number,
): UnplacedValidator {
  const { etag, lastModified } = validatorsIn(headers);
  return { page: number, url, etag, lastModified, bodyHash, records, invalid };
}

function knownNext(next: JsonValue, token: PageToken): NextPage {
  const isToken = typeof next === 'string' || typeof next === 'number';
  return isToken && next !== token ? { kind: 'next', token: next } : END;
}
