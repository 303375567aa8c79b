import type { Integration } from '../../../shared/integration.ts';
import type { AttemptEnd, AttemptRequest, PageResult } from '../pool/protocol.ts';
import type { Lifetime } from './lifetime.ts';

/** One step of reading a source: a page, the end, or both at once. After an `end` nothing follows. */
export interface ReadStep {
  readonly page: PageResult | null;
  readonly end: AttemptEnd | null;
  /** Time that this thread spent on the page itself. */
  readonly cpuMs: number;
}

/**
 * A kind of source that records come from. The HTTP consumer is one; whoever brings pages in this form can be another,
 * and neither the host of the attempts nor anything behind it needs to know.
 */
export interface Consumer {
  /** Compiles a declaration for later attempts. Never throws: what is wrong with it becomes the end of an attempt. */
  plan(planId: number, integration: Integration): void;
  forget(planId: number): void;
  /** Reads page after page; the caller takes the next step when it wants it. Throws only `Stopped`. */
  read(request: AttemptRequest, life: Lifetime): AsyncIterable<ReadStep>;
}
