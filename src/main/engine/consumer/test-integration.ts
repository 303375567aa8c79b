import type { RunError } from '../../../shared/run.ts';
import { NO_COUNTS } from '../../../shared/run.ts';
import type { TestResult } from '../../../shared/test-result.ts';
import type { Integration } from '../../../shared/integration.ts';
import { say, type Sentence } from '../../../shared/sentences.ts';
import { ownFault, runError } from './errors.ts';
import type { Compute } from '../pool/compute-task.ts';
import type { AttemptRequest, PageResult, TestRequest } from '../pool/protocol.ts';
import type { PageSample } from '../validator/page-types.ts';
import type { SuggestResult } from '../validator/suggest/suggest.ts';
import type { ApiServices } from './api-consumer.ts';
import { createPlan } from './api-plan.ts';
import type { WireRequest } from './http/exchange.ts';
import { headerText } from './http/headers.ts';
import type { GoodReply } from './http/http-client.ts';
import { Stopped, type Lifetime, type LifetimeOptions } from './lifetime.ts';
import { Reading, type ReadObserver } from './reading.ts';
import type { Vault } from './secrets/vault.ts';

export interface TestServices extends ApiServices {
  readonly compute: Compute;
  readonly newLife: (options: Pick<LifetimeOptions, 'timeoutMs' | 'onWaiting'>) => Lifetime;
}

const MINUTE = 60_000;
const TEST_MS = 2 * MINUTE;
const SUGGEST_MS = 5000;
/** Whoever tests is told of a longer wait instead of sitting through it. */
const PATIENCE_MS = 5000;
/** Shown of each body; more serves no reader. */
const SHOWN_BYTES = 1024 * 1024;
const SHOWN = { records: 200, invalid: 50 };
/** Plans of tests are never forgotten by name; a negative number cannot meet a real one. */
let lastTestPlan = 0;

type Message = NonNullable<TestResult['pages'][number]['response']>;

/** Calls an API as declared without keeping anything, and tells what came of it, secrets masked. Never throws. */
export async function testIntegration(
  request: TestRequest,
  services: TestServices,
): Promise<TestResult> {
  const { integration, maxPages } = request;
  const planId = --lastTestPlan;
  const limited = limitedTo(integration, maxPages);
  const record = new TestRecord(services.vault);
  const { life, barred } = impatientLife(services);
  try {
    const made = createPlan(planId, limited, services);
    if (!made.ok) return record.result(made.error, null);
    const reading = new Reading(made.plan, attemptOf(request, planId), life, services, record);
    const error = await lastError(reading);
    return record.result(error, await suggestions(record, integration, services));
  } catch (thrown) {
    return record.result(barred() ?? errorOf(thrown), null);
  } finally {
    life.end();
    services.gate.withdraw(planId);
  }
}

/** Ends when it would have to wait for long, and knows why. */
function impatientLife({ newLife, clock }: TestServices): {
  readonly life: Lifetime;
  readonly barred: () => RunError | null;
} {
  let error: RunError | null = null;
  const onWaiting: LifetimeOptions['onWaiting'] = (reason, until, why) => {
    const isLong = until !== null && until - clock.now() > PATIENCE_MS;
    if (reason === 'network') error = runError('offline', 'transient', say('testOffline'));
    else if (why !== null && isLong) error = runError('origin-barred', 'transient', why);
    // Told before the wait begins: what is not under way cannot be given up.
    if (error !== null) queueMicrotask(() => life.stop('cancelled'));
  };
  const life = newLife({ timeoutMs: TEST_MS, onWaiting });
  return { life, barred: () => error };
}

/** Asks once only: whoever tests wants to see the first failure, not the third. */
function limitedTo(integration: Integration, maxPages: number): Integration {
  const { limits, retry } = integration;
  return {
    ...integration,
    limits: { ...limits, maxPages: Math.min(maxPages, limits.maxPages) },
    retry: { ...retry, maxAttempts: 1 },
  };
}

function attemptOf({ template }: TestRequest, planId: number): AttemptRequest {
  return {
    attemptId: 0,
    planId,
    runId: '',
    attempt: 1,
    timeoutMs: TEST_MS,
    template,
    splitPages: false,
    resumeFrom: undefined,
    pagesStored: 0,
    watermark: null,
    validators: [],
    condition: null,
  };
}

async function lastError(reading: Reading): Promise<RunError | null> {
  for (;;) {
    const { end } = await reading.next();
    if (end !== null) return end.kind === 'failed' || end.kind === 'timed-out' ? end.error : null;
  }
}

function errorOf(thrown: unknown): RunError {
  if (thrown instanceof Stopped)
    return runError('test-timeout', 'limit', say('limitTest', { ms: TEST_MS }));
  return ownFault(thrown);
}

/** What was seen of a test, masked as it comes in. */
class TestRecord implements ReadObserver {
  readonly sample = SHOWN;
  readonly #vault: Vault;
  readonly #pages: TestResult['pages'] = [];
  readonly #records: TestResult['records'] = [];
  readonly #invalid: TestResult['invalid'] = [];
  readonly #notes = new Map<string, Sentence>();
  #counts = NO_COUNTS;
  #nextPage: string | null = null;
  #request: WireRequest | null = null;
  #reply: GoodReply | null = null;
  #firstReply: GoodReply | null = null;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  /** The first answer, of which the suggestions are made. */
  get firstReply(): GoodReply | null {
    return this.#firstReply;
  }

  readonly onRequest = (wire: WireRequest): void => {
    this.#request = wire;
    this.#reply = null;
  };

  readonly onReply = (reply: GoodReply): void => {
    this.#reply = reply;
    this.#firstReply ??= { ...reply, body: reply.body.slice() };
  };

  readonly onPage = (
    page: PageResult,
    sample: PageSample | null,
    notes: readonly Sentence[],
  ): void => {
    this.#addExchange(page.stepMs, page.counts.received);
    this.#count(page);
    for (const note of notes) this.#notes.set(note.message, note);
    for (const { key, data } of sample?.records ?? []) {
      if (this.#records.length < SHOWN.records) this.#records.push({ key, data });
    }
    for (const one of sample?.invalid ?? []) {
      if (this.#invalid.length < SHOWN.invalid) this.#invalid.push(one);
    }
  };

  readonly onNext = (address: string | null): void => {
    this.#nextPage = address;
  };

  result(error: RunError | null, suggested: SuggestResult | null): TestResult {
    const hints = [...(suggested?.hints ?? []), ...this.#notes.values()];
    // The exchange that failed became no page.
    if (this.#request !== null) this.#addExchange({}, 0);
    return {
      pages: this.#pages,
      records: this.#records,
      invalid: this.#invalid,
      counts: this.#counts,
      nextPage: this.#nextPage,
      hints: hints.map(({ message }) => message),
      hintsSays: hints.map(({ says }) => says),
      suggestions: suggested?.suggestions ?? {
        path: null,
        pagination: null,
        key: [],
        schema: null,
      },
      error,
    };
  }

  #count(page: PageResult): void {
    const { requests, notModified, bytes, received, valid, invalid, warnings, duplicates } =
      page.counts;
    const sum = this.#counts;
    this.#counts = {
      ...sum,
      requests: sum.requests + requests,
      notModified: sum.notModified + notModified,
      bytes: sum.bytes + bytes,
      received: sum.received + received,
      valid: sum.valid + valid,
      invalid: sum.invalid + invalid,
      warnings: sum.warnings + warnings,
      duplicates: sum.duplicates + duplicates,
    };
  }

  #addExchange(stepMs: PageResult['stepMs'], records: number): void {
    const wire = this.#request;
    this.#request = null;
    if (wire === null) return;
    const mask = (text: string) => this.#vault.masker.mask(text);
    this.#pages.push({
      request: {
        method: wire.method,
        url: mask(wire.origin + wire.path),
        headers: maskedHeaders(wire.headers, mask),
        ...shownBody(wire.body === null ? null : Buffer.from(wire.body), mask),
      },
      response: this.#reply === null ? null : shownReply(this.#reply, mask),
      stepMs,
      records,
    });
  }
}

type Mask = (text: string) => string;

function shownReply(reply: GoodReply, mask: Mask): Message {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(reply.headers))
    headers[name] = mask(headerText(reply.headers, name) ?? '');
  return {
    status: reply.status,
    url: mask(reply.url),
    headers,
    ...shownBody(reply.body, mask),
  };
}

function maskedHeaders(
  headers: Readonly<Record<string, string>>,
  mask: Mask,
): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, mask(value)]));
}

function shownBody(
  body: Uint8Array | null,
  mask: Mask,
): { body: string | null; truncated: boolean } {
  if (body === null) return { body: null, truncated: false };
  const text = new TextDecoder().decode(body.subarray(0, SHOWN_BYTES));
  return { body: mask(text), truncated: body.length > SHOWN_BYTES };
}

async function suggestions(
  record: TestRecord,
  integration: Integration,
  { compute }: TestServices,
): Promise<SuggestResult | null> {
  const reply = record.firstReply;
  if (reply === null || reply.body.length === 0) return null;
  const outcome = await compute.run(
    'suggest',
    {
      body: reply.body,
      contentType: headerText(reply.headers, 'content-type'),
      headers: flatHeaders(reply),
      url: reply.url,
      paginationKind: integration.pagination.kind,
      maxDepth: integration.limits.maxDepth,
    },
    { timeLimitMs: SUGGEST_MS },
  );
  return outcome.kind === 'done' ? outcome.result : null;
}

function flatHeaders(reply: GoodReply): Record<string, string> {
  const names = Object.keys(reply.headers);
  return Object.fromEntries(names.map((name) => [name, headerText(reply.headers, name) ?? '']));
}
