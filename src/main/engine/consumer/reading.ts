import { say, type Sentence } from '../../../shared/sentences.ts';
import type { Clock } from '../clock.ts';
import type { AttemptEnd, AttemptRequest, PageResult } from '../pool/protocol.ts';
import type { PageValidator } from '../store/ops.ts';
import type { PageSample, PlanRules, ProcessedPage } from '../validator/page-types.ts';
import type { ProcessPage } from '../validator/page-processor.ts';
import type { ApiPlan } from './api-plan.ts';
import { hashBody } from './body-hash.ts';
import { conditionalHeaders, validatorFor } from './conditional.ts';
import type { ReadStep, SourceReader } from './consumer.ts';
import { attemptTimedOut, configError } from './errors.ts';
import type { FieldMemory } from './field-memory.ts';
import { headerText } from './http/headers.ts';
import type { GoodReply } from './http/http-client.ts';
import { Stopped, type Lifetime } from './lifetime.ts';
import type { Notify } from './origin-gate.ts';
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
} from './page-under-way.ts';
import { createPaginator, splitProblem } from './pagination/create-paginator.ts';
import type { PageToken, Paginator } from './pagination/paginator.ts';
import { SafetyNet, type Verdict } from './pagination/safety-net.ts';
import { parsePosition, type Position } from './position.ts';
import { ReadMark, type CompareMarks } from './read-mark.ts';
import { freshPage, placedValidator, unchangedPage, type ReadPage } from './read-page.ts';
import { Remarks } from './remarks.ts';
import type { PlainRequest } from './request-plan.ts';
import { SecretTraces } from './secret-traces.ts';

export interface ReadServices extends FetchServices {
  readonly clock: Clock;
  readonly processPage: ProcessPage;
  /** Orders two values of an incremental field. */
  readonly compareMarks: CompareMarks;
  /** Writes a line into the log. */
  readonly notify: Notify;
  readonly fieldMemory: FieldMemory;
}

/** Looks on while an integration is tested. */
export interface ReadObserver extends FetchObserver {
  readonly sample: { readonly records: number; readonly invalid: number };
  readonly onPage: (
    page: PageResult,
    sample: PageSample | null,
    notes: readonly Sentence[],
  ) => void;
  /** The address of the page that would be asked next, also when the read ends before it. */
  readonly onNext: (address: string | null) => void;
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
  readonly #mark: ReadMark;
  readonly #traces: SecretTraces;
  readonly #remarks: Remarks;
  readonly #startedAt: number;
  #lastPage: number;
  #isListMissing = false;
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
    this.#mark = new ReadMark(
      plan.integration.incremental,
      this.#from?.mark ?? null,
      request.watermark,
      services.compareMarks,
    );
    this.#traces = new SecretTraces(plan, services.vault, this.#paginator);
    this.#remarks = new Remarks(services.notify, request);
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
      return ended({
        kind: 'timed-out',
        error: attemptTimedOut(this.#request.timeoutMs),
        page: failedPage(page),
      });
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
    const bodyHash = this.#bodyHash(reply);
    return this.#taken(
      { page, token, known, reply, rules: this.#plan.rules },
      bodyHash instanceof Promise ? await this.#life.guard(bodyHash, NOTHING_TO_GIVE_UP) : bodyHash,
    );
  }

  /** The answer was the same as last time, or is worked on. */
  async #taken(answer: DataAnswer, bodyHash: string | null): Promise<ReadStep> {
    const { page, token, known, reply, rules } = answer;
    if (known !== null && (bodyHash === null || bodyHash === known.bodyHash))
      return this.#judged(page, token, unchangedPage(token, known, reply));
    const work = this.#process(page, reply, rules);
    const processed =
      work instanceof Promise ? await this.#life.guard(work, NOTHING_TO_GIVE_UP) : work;
    page.parseMs = processed.parseMs;
    page.validateMs = processed.validateMs;
    if (processed.error !== null) return ended(failure(page, processed.error));
    this.#remark(page, processed);
    if (page.number === 1) this.#isListMissing = processed.isListMissing;
    const fresh = freshPage(page, token, this.#paginator, reply, processed, bodyHash);
    return this.#judged(page, token, fresh, processed);
  }

  /** null: nothing to be known again by. */
  #bodyHash({ status, body }: GoodReply): string | null | Promise<string> {
    return status === 304 || !this.#plan.integration.conditional ? null : hashBody(body);
  }

  /** An end of the list that has no list in it is nothing odd. */
  #remark({ number }: PageUnderWay, { notes, counts, fields }: ProcessedPage): void {
    if (number === 1)
      this.#remarks.add(number, this.#services.fieldMemory.compare(this.#plan.planId, fields));
    if (notes.length > 0 && (number === 1 || counts.received > 0)) this.#remarks.add(number, notes);
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
    const following = this.#traces.without(read.next);
    const verdict: Verdict = isRepeated
      ? { kind: 'partial', reason: 'repeated-page' }
      : this.#net.judge(facts, following);
    this.#mark.raise(read.mark);
    const next = verdict.kind === 'next' ? verdict.token : null;
    // An address that holds a secret is followed but not kept: a retry then begins one page earlier.
    const isKept = next === null || !this.#traces.areIn(next);
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

  #place(next: PageToken, { fingerprint, validator }: ReadPage): PagePlace {
    const position = next === null ? null : { next, mark: this.#mark.greatest, print: fingerprint };
    if (validator === null) return { position, validator };
    return { position, validator: placedValidator(this.#traces.withoutTags(validator), next) };
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
    const noData = how.noData ?? false;
    const { regression } = this.#mark;
    if (regression !== null && !noData) this.#remarks.add(this.#lastPage, [regression]);
    return {
      kind: 'complete',
      watermark: noData ? null : this.#mark.moved,
      result: how.result ?? null,
      noData,
      isListMissing: this.#isListMissing,
    };
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
    this.#observer?.onPage(told, null, [say('noData', { status: page.status ?? 0 })]);
    return { page: told, end: this.#complete({ noData: page.number === 1 }), cpuMs: 0 };
  }
}

/** An answer that records may be in, and what is known of the page from the last complete read. */
interface DataAnswer {
  readonly page: PageUnderWay;
  readonly token: PageToken;
  readonly known: PageValidator | null;
  readonly reply: GoodReply;
  readonly rules: PlanRules;
}

/** The work is stopped by its signal, or is over soon. */
const NOTHING_TO_GIVE_UP = (): void => undefined;

const LAST_PLACE: PagePlace = { position: null, validator: null };

const WITHOUT_DATA = new Set([204, 205, 304]);

function isWithoutData(status: number): boolean {
  return WITHOUT_DATA.has(status);
}

function ended(end: AttemptEnd): ReadStep {
  return { page: null, end, cpuMs: 0 };
}

function withHeaders(request: PlainRequest, headers: PlainRequest['headers']): PlainRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}
