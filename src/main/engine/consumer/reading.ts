import { hash } from 'node:crypto';
import type { RunError } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { Clock } from '../clock.ts';
import type { AttemptEnd, AttemptRequest, PageResult } from '../pool/protocol.ts';
import type { PageValidator } from '../store/ops.ts';
import type { PageSample, PlanRules, ProcessedPage } from '../validator/page-types.ts';
import type { ProcessPage } from '../validator/page-processor.ts';
import type { ApiPlan } from './api-plan.ts';
import { conditionalHeaders, validatorFor, validatorsIn } from './conditional.ts';
import type { ReadStep, SourceReader } from './consumer.ts';
import { configError } from './errors.ts';
import { headerText } from './http/headers.ts';
import type { GoodReply } from './http/http-client.ts';
import { greaterMark } from './incremental.ts';
import { Stopped, type Lifetime } from './lifetime.ts';
import {
  PageFetcher,
  RESULT_BYTES,
  type FetchObserver,
  type FetchServices,
} from './page-fetcher.ts';
import {
  beginPage,
  cpuMsOf,
  failedPage,
  failure,
  NOTHING,
  toldPage,
  type PagePlace,
  type PageUnderWay,
  type PageYield,
} from './page-under-way.ts';
import { createPaginator, splitProblem } from './pagination/create-paginator.ts';
import { END, type NextPage, type PageToken, type Paginator } from './pagination/paginator.ts';
import { SafetyNet, type Verdict } from './pagination/safety-net.ts';
import { parsePosition, type Position } from './position.ts';
import { setQuery, type PlainRequest } from './request-plan.ts';

export interface ReadServices extends FetchServices {
  readonly clock: Clock;
  readonly processPage: ProcessPage;
  /** Orders two values of an incremental field. */
  readonly compareMarks: (a: string, b: string, format: MarkFormat) => number;
}

type MarkFormat = NonNullable<ApiPlan['integration']['incremental']>['format'];

/** Looks on while an integration is tested. */
export interface ReadObserver extends FetchObserver {
  readonly sample: { readonly records: number; readonly invalid: number };
  readonly onPage: (page: PageResult, sample: PageSample | null, notes: readonly string[]) => void;
  /** The address of the page that would be asked next, also when the read ends before it. */
  readonly onNext: (address: string | null) => void;
}

/** A page that was read, before its place in the read is judged. */
interface ReadPage {
  readonly brought: PageYield;
  readonly fingerprint: string | null;
  readonly next: NextPage;
  readonly validator: Omit<PageValidator, 'next'> | null;
  readonly mark: string | null;
}

/** Reads one API from its first (or next) page to its end: the loop over the pages of one attempt. */
export class Reading implements SourceReader {
  readonly #plan: ApiPlan;
  readonly #request: AttemptRequest;
  readonly #life: Lifetime;
  readonly #services: ReadServices;
  readonly #observer: ReadObserver | null;
  readonly #paginator: Paginator;
  readonly #fetcher: PageFetcher;
  readonly #net: SafetyNet;
  readonly #from: Position | null;
  readonly #startedAt: number;
  #mark: string | null;
  #lastPage: number;
  /** Of the page to be read next; undefined before the first. */
  #token: PageToken | undefined;

  constructor(
    plan: ApiPlan,
    request: AttemptRequest,
    life: Lifetime,
    services: ReadServices,
    observer: ReadObserver | null = null,
  ) {
    this.#plan = plan;
    this.#request = request;
    this.#life = life;
    this.#services = services;
    this.#observer = observer;
    this.#paginator = request.splitPages
      ? createPaginator(plan.integration.pagination, request.template)
      : plan.paginator;
    this.#fetcher = new PageFetcher(plan, request, this.#paginator, life, services, observer);
    this.#from = request.resumeFrom === undefined ? null : parsePosition(request.resumeFrom);
    this.#net = new SafetyNet(plan.integration.limits.maxPages, this.#from?.print ?? null);
    this.#mark = this.#from?.mark ?? null;
    this.#lastPage = request.pagesStored;
    this.#startedAt = services.clock.monotonic();
  }

  /** The next page, the end, or both. Throws only `Stopped`. */
  next(): Promise<ReadStep> | ReadStep {
    if (this.#token !== undefined) return this.#advance(this.#token);
    const early = this.#endAtOnce();
    if (early !== null) return ended(early);
    return this.#advance(this.#from === null ? this.#paginator.first : this.#from.next);
  }

  #endAtOnce(): AttemptEnd | null {
    const { splitPages, resumeFrom } = this.#request;
    const problem = splitPages ? splitProblem(this.#plan.integration.pagination) : null;
    if (problem !== null)
      return { kind: 'failed', error: configError('split-pages', problem), page: null };
    return resumeFrom === null ? this.#complete() : null;
  }

  async #advance(token: PageToken): Promise<ReadStep> {
    const startMs = this.#services.clock.monotonic() - this.#startedAt;
    const page = beginPage(++this.#lastPage, startMs);
    try {
      return await this.#read(page, token);
    } catch (error) {
      if (!(error instanceof Stopped) || this.#life.stopped !== 'timed-out') throw error;
      return ended({ kind: 'timed-out', error: this.#timedOut(), page: failedPage(page) });
    }
  }

  async #read(page: PageUnderWay, token: PageToken): Promise<ReadStep> {
    const rendered = this.#fetcher.render(token);
    if (!rendered.ok) return ended(failure(page, rendered.error));
    page.url = this.#fetcher.masked(rendered.request.target.href);
    const known = this.#validator(page);
    const fetched = await this.#fetcher.fetch(
      known === null ? rendered.request : withHeaders(rendered.request, conditionalHeaders(known)),
      token,
      page.cost,
    );
    page.status = fetched.ok ? fetched.reply.status : fetched.status;
    if (!fetched.ok) return ended(failure(page, fetched.error));
    const { reply } = fetched;
    page.bytes = reply.body.length;
    if (this.#plan.rules === null) return this.#called(page, reply);
    if (isWithoutData(reply.status) && (reply.status !== 304 || known === null))
      return this.#withoutData(page);
    const { conditional } = this.#plan.integration;
    const bodyHash = reply.status === 304 || !conditional ? null : hashOf(reply.body);
    if (known !== null && (bodyHash === null || bodyHash === known.bodyHash))
      return this.#judged(page, token, this.#notModified(token, known, reply));
    const work = this.#process(page, reply, this.#plan.rules);
    const processed =
      work instanceof Promise ? await this.#life.guard(work, ABORTED_BY_SIGNAL) : work;
    page.parseMs = processed.parseMs;
    page.validateMs = processed.validateMs;
    if (processed.error !== null) return ended(failure(page, processed.error));
    return this.#judged(
      page,
      token,
      this.#asRead(page, token, reply, processed, bodyHash),
      processed,
    );
  }

  #validator(page: PageUnderWay): PageValidator | null {
    const { validators } = this.#request;
    if (validators.length === 0 || !this.#plan.integration.conditional) return null;
    return validatorFor(validators, page.number, page.url);
  }

  #process(
    page: PageUnderWay,
    reply: GoodReply,
    rules: PlanRules,
  ): ProcessedPage | Promise<ProcessedPage> {
    const life = this.#life;
    return this.#services.processPage(
      {
        rules,
        body: reply.body,
        contentType: headerText(reply.headers, 'content-type'),
        page: page.number,
        extract: this.#paginator.extract,
        sample: this.#observer?.sample ?? null,
      },
      {
        // Made only when somebody wants it.
        get signal() {
          return life.signal;
        },
        timeLimitMs: this.#plan.integration.limits.totalMs,
      },
    );
  }

  #asRead(
    page: PageUnderWay,
    token: PageToken,
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
        totalPages: this.#paginator.total(facts),
        notModified: false,
      },
      fingerprint: processed.recordsFingerprint,
      next: this.#paginator.next(facts),
      validator: bodyHash === null ? null : validatorOf(page, reply, bodyHash, valid, invalid),
      mark: processed.watermark,
    };
  }

  /** The page is as it was: its records count as seen, and the next page is where it was. */
  #notModified(token: PageToken, known: PageValidator, reply: GoodReply): ReadPage {
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

  /** Gives the page its place in the read: what comes after it, or how the read ends. */
  #judged(
    page: PageUnderWay,
    token: PageToken,
    read: ReadPage,
    processed: ProcessedPage | null = null,
  ): ReadStep {
    const { received } = read.brought.counts;
    const facts = { pages: page.number, token, received, fingerprint: read.fingerprint };
    const isRepeated = this.#net.isRepeated(facts);
    const following = this.#withoutSecrets(read.next);
    const verdict: Verdict = isRepeated
      ? { kind: 'partial', reason: 'repeated-page' }
      : this.#net.judge(facts, following);
    this.#raiseMark(read.mark);
    const next = verdict.kind === 'next' ? verdict.token : null;
    // An address that holds a secret is followed but not kept: a retry then begins one page earlier.
    const isKept = next === null || !this.#isSecret(next);
    const result = toldPage(
      page,
      isRepeated ? NOTHING : read.brought,
      isKept ? this.#place(next, read) : null,
    );
    this.#observer?.onPage(result, processed?.sample ?? null, processed?.notes ?? []);
    this.#observer?.onNext(following.kind === 'next' ? this.#addressOf(following.token) : null);
    const end = verdict.kind === 'next' ? null : this.#endOf(verdict);
    if (next !== null) this.#token = next;
    return { page: result, end, cpuMs: cpuMsOf(page) };
  }

  #raiseMark(mark: string | null): void {
    const { incremental } = this.#plan.integration;
    if (incremental === null || mark === null) return;
    const { compareMarks } = this.#services;
    this.#mark = greaterMark(this.#mark, mark, (a, b) => compareMarks(a, b, incremental.format));
  }

  #place(next: PageToken, { fingerprint, validator }: ReadPage): PagePlace {
    const position = next === null ? null : { next, mark: this.#mark, print: fingerprint };
    if (validator === null) return { position, validator };
    return { position, validator: validatorWith(this.#withoutSecretTags(validator), next) };
  }

  /** An API may echo a secret in any header: such a tag is not kept, and the page is known by its body alone. */
  #withoutSecretTags(validator: Omit<PageValidator, 'next'>): Omit<PageValidator, 'next'> {
    const harmless = (tag: string | null) => (tag !== null && this.#isSecret(tag) ? null : tag);
    const { etag, lastModified } = validator;
    return { ...validator, etag: harmless(etag), lastModified: harmless(lastModified) };
  }

  #withoutSecrets(next: NextPage): NextPage {
    const { secretParameters } = this.#plan;
    if (next.kind !== 'next' || secretParameters.length === 0) return next;
    const token = this.#paginator.address(next.token) === null ? next.token : String(next.token);
    if (typeof token !== 'string' || !URL.canParse(token)) return next;
    const url = new URL(token);
    setQuery(
      url,
      secretParameters.map((name) => [name, '']),
    );
    return { kind: 'next', token: url.href };
  }

  #isSecret(token: PageToken): boolean {
    return this.#plan.auth.isNeeded && this.#services.vault.masker.finds(String(token));
  }

  #addressOf(token: PageToken): string | null {
    const rendered = this.#fetcher.render(token);
    return rendered.ok ? this.#fetcher.masked(rendered.request.target.href) : null;
  }

  // Ends

  #endOf(verdict: Exclude<Verdict, { kind: 'next' }>): AttemptEnd {
    return verdict.kind === 'partial' ? verdict : this.#complete();
  }

  #complete(how: { result?: string; noData?: boolean } = {}): AttemptEnd {
    const { incremental } = this.#plan.integration;
    const noData = how.noData ?? false;
    const isMoved = incremental !== null && !noData && this.#mark !== null;
    return {
      kind: 'complete',
      watermark: isMoved ? this.#newMark(incremental.format) : null,
      result: how.result ?? null,
      noData,
    };
  }

  /** The watermark never moves back, whatever the API sends. */
  #newMark(format: MarkFormat): string | null {
    const { compareMarks } = this.#services;
    return greaterMark(this.#request.watermark, this.#mark, (a, b) => compareMarks(a, b, format));
  }

  /** With `records: null` the answer itself is what is kept. */
  #called(page: PageUnderWay, { body, wasCut }: GoodReply): ReadStep {
    const bytes = wasCut || body.length > RESULT_BYTES ? body.subarray(0, RESULT_BYTES) : body;
    const result = this.#fetcher.masked(new TextDecoder().decode(bytes));
    const told = toldPage(page, NOTHING, LAST_PLACE);
    this.#observer?.onPage(told, null, []);
    return { page: told, end: this.#complete({ result }), cpuMs: 0 };
  }

  /** On the first page: nothing to keep at all. Later: the end of the list. */
  #withoutData(page: PageUnderWay): ReadStep {
    const told = toldPage(page, NOTHING, LAST_PLACE);
    this.#observer?.onPage(told, null, []);
    return { page: told, end: this.#complete({ noData: page.number === 1 }), cpuMs: 0 };
  }

  #timedOut(): RunError {
    return {
      code: 'attempt-timeout',
      kind: 'limit',
      message: `The attempt took longer than ${this.#request.timeoutMs} ms (timeoutMs of the job).`,
    };
  }
}

/** The work is stopped by its signal; there is nothing else to do. */
const ABORTED_BY_SIGNAL = (): void => undefined;

const LAST_PLACE: PagePlace = { position: null, validator: null };

const WITHOUT_DATA = new Set([204, 205, 304]);

function isWithoutData(status: number): boolean {
  return WITHOUT_DATA.has(status);
}

function validatorOf(
  { number, url }: PageUnderWay,
  { headers }: GoodReply,
  bodyHash: string,
  records: number,
  invalid: number,
): Omit<PageValidator, 'next'> {
  const { etag, lastModified } = validatorsIn(headers);
  return { page: number, url, etag, lastModified, bodyHash, records, invalid };
}

function validatorWith(known: Omit<PageValidator, 'next'>, next: PageToken): PageValidator {
  const { page, url, etag, lastModified, bodyHash, records, invalid } = known;
  return { page, url, etag, lastModified, bodyHash, next, records, invalid };
}

function ended(end: AttemptEnd): ReadStep {
  return { page: null, end, cpuMs: 0 };
}

function withHeaders(request: PlainRequest, headers: PlainRequest['headers']): PlainRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function knownNext(next: JsonValue, token: PageToken): NextPage {
  const isToken = typeof next === 'string' || typeof next === 'number';
  return isToken && next !== token ? { kind: 'next', token: next } : END;
}

/** 16 bytes of SHA-256 as hex. */
function hashOf(body: Uint8Array): string {
  return hash('sha256', body, 'hex').slice(0, 32);
}
