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
  open(request: AttemptRequest, life: Lifetime): SourceReader;
}

/** Reads page after page, at the pace of whoever asks for the next one. */
export interface SourceReader {
  /** Not called again after a step with an end. Throws only `Stopped`. */
  next(): ReadStep | Promise<ReadStep>;
}
