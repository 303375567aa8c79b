import type { RunError, StepMs } from '../../../shared/run.ts';
import { rounded } from '../clock.ts';
import type { PageResult } from '../pool/protocol.ts';
import type { JsonValue } from '../../../shared/values.ts';
import type { PageCounts, PageValidator, QuarantineRow } from '../store/ops.ts';
import { noCost, type Cost } from './http/http-client.ts';

/** What is known of a page while it is being read; enough to tell of it when it fails half-way. */
export interface PageUnderWay {
  readonly number: number;
  /** From the start of the attempt. */
  readonly startMs: number;
  readonly cost: Cost;
  /** Masked. */
  url: string;
  status: number | null;
  /** Decoded. */
  bytes: number;
  parseMs: number;
  validateMs: number;
}

export function beginPage(number: number, startMs: number): PageUnderWay {
  return {
    number,
    startMs,
    cost: noCost(),
    url: '',
    status: null,
    bytes: 0,
    parseMs: 0,
    validateMs: 0,
  };
}

/** What a page brought. */
export interface PageYield {
  readonly counts: Omit<PageCounts, 'requests' | 'notModified' | 'bytes'>;
  readonly errorsByField: Readonly<Record<string, number>>;
  readonly batch: Uint8Array | null;
  readonly quarantine: readonly QuarantineRow[];
  readonly totalPages: number | null;
  readonly notModified: boolean;
}

export const NOTHING: PageYield = {
  counts: { received: 0, valid: 0, invalid: 0, warnings: 0, duplicates: 0 },
  errorsByField: {},
  batch: null,
  quarantine: [],
  totalPages: null,
  notModified: false,
};

/** Where a page stands in its read, and how it is asked for next time. */
export interface PagePlace {
  readonly position: JsonValue;
  readonly validator: PageValidator | null;
}

/** The page as it is told. Without a place it has no position, so that the run stays where it was. */
export function toldPage(
  page: PageUnderWay,
  brought: PageYield,
  place: PagePlace | null = null,
): PageResult {
  const { counts } = brought;
  // Written out: this is made for every page, and spreading objects costs more than all of its arithmetic.
  const told: { -readonly [K in keyof PageResult]: PageResult[K] } = {
    page: page.number,
    url: page.url,
    status: page.status,
    startMs: rounded(page.startMs),
    stepMs: stepsOf(page),
    notModified: brought.notModified,
    counts: {
      requests: page.cost.requests,
      notModified: brought.notModified ? 1 : 0,
      bytes: page.bytes,
      received: counts.received,
      valid: counts.valid,
      invalid: counts.invalid,
      warnings: counts.warnings,
      duplicates: counts.duplicates,
    },
    errorsByField: brought.errorsByField,
    batch: brought.batch,
    quarantine: brought.quarantine,
    validator: place === null ? null : place.validator,
    totalPages: brought.totalPages,
  };
  if (place !== null) told.position = place.position;
  return told;
}

/** A page that failed, when anything was sent for it. */
export function failedPage(page: PageUnderWay): PageResult | null {
  return page.cost.requests === 0 && page.cost.waitMs === 0 ? null : toldPage(page, NOTHING);
}

function stepsOf({ cost, parseMs, validateMs }: PageUnderWay): StepMs {
  const steps: { -readonly [S in keyof StepMs]: StepMs[S] } = {};
  if (cost.waitMs > 0) steps.wait = rounded(cost.waitMs);
  if (cost.requests > 0) {
    steps.connect = rounded(cost.connectMs);
    steps.request = rounded(cost.requestMs);
    steps.download = rounded(cost.downloadMs);
  }
  if (parseMs > 0) steps.parse = rounded(parseMs);
  if (validateMs > 0) steps.validate = rounded(validateMs);
  return steps;
}

/** Time that this thread itself spent on the page. */
export function cpuMsOf({ parseMs, validateMs }: PageUnderWay): number {
  return rounded(parseMs + validateMs);
}

/** Ends an attempt at a page that failed. */
export function failure(page: PageUnderWay, error: RunError) {
  return { kind: 'failed', error, page: failedPage(page) } as const;
}
