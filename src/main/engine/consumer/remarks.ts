import type { Sentence } from '../../../shared/sentences.ts';
import type { AttemptRequest } from '../pool/protocol.ts';
import type { Notify } from './origin-gate.ts';

/** A body can be odd in very many ways. */
const MOST_REMARKS = 20;

/** Says what is odd about what an attempt reads, each remark once, into the log of its run. */
export class Remarks {
  readonly #notify: Notify;
  readonly #request: AttemptRequest;
  readonly #said = new Set<string>();

  constructor(notify: Notify, request: AttemptRequest) {
    this.#notify = notify;
    this.#request = request;
  }

  add(page: number, remarks: readonly Sentence[]): void {
    for (const { message: remark } of remarks) {
      if (this.#said.size >= MOST_REMARKS || this.#said.has(remark)) continue;
      this.#said.add(remark);
      const { runId, attempt, template } = this.#request;
      this.#notify('warn', remark, { jobId: template.job.id, runId, attempt, page });
    }
  }
}
