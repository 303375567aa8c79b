import type { Integration } from '../../../shared/integration.ts';
import type { Clock } from '../clock.ts';
import type { PageRequest, PlanRules, ProcessedPage } from './page-types.ts';

export type { PageRequest, PageSample, PlanRules, ProcessedPage, SampleInvalid } from './page-types.ts';

/** What the consumer calls; small pages are answered at once, others when the compute pool is done with them. */
export type ProcessPage = (
  request: PageRequest,
  options: { readonly signal?: AbortSignal; readonly timeLimitMs: number },
) => ProcessedPage | Promise<ProcessedPage>;

/** The rules of an integration as plain data. Compiles nothing and does not throw; `checkRules` finds what is wrong. */
export declare function preparePlan(integration: Integration): PlanRules;

/** Body bytes to packed records, on the calling thread. Never throws for what a body or a rule may contain. */
export declare function processPage(request: PageRequest, clock: Clock): ProcessedPage;

/** SHA-256 of a body, 16 bytes as hex. */
export declare function hashBody(body: Uint8Array): string;
