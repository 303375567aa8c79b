import type { AnyResult } from './apply/applier.ts';
import type { Op, OpResults, PageOp, PageValidator } from './ops.ts';

interface Known {
  readonly integrationId: string;
  /** What the integration's count of writes was when the read was complete. */
  readonly writes: number;
  readonly validators: readonly PageValidator[];
}

/**
 * The validators of reads that were one page long, learned from the transactions that ended them, so that the most
 * frequent jobs need not ask the database before each run. They hold while nobody else has written to the
 * integration, by the database's own count; whatever changes them in another way makes us forget.
 */
export class KnownValidators {
  readonly #reads = new Map<string, Known>();
  readonly #writes = new Map<string, number>();

  /** undefined = only the database can tell. */
  find(jobId: string, integrationId: string): readonly PageValidator[] | undefined {
    const known = this.#reads.get(jobId);
    const holds =
      known?.integrationId === integrationId && known.writes === this.#writes.get(integrationId);
    return holds ? known.validators : undefined;
  }

  /** The transaction is on disk. */
  learn(ops: readonly Op[], results: readonly AnyResult[]): void {
    for (let at = 0; at < ops.length; at++) {
      const op = ops[at] as Op;
      const result = results[at] ?? null;
      switch (op.kind) {
        case 'page.put':
          this.#counted(op.integrationId, result as OpResults['page.put'] | null);
          break;
        case 'read.complete':
          this.#counted(op.integrationId, result as OpResults['read.complete'] | null);
          this.#completed(op, ops);
          break;
        case 'job.delete':
          this.#reads.delete(op.id);
          break;
        case 'retention.slice':
          if ((result as OpResults['retention.slice'] | null)?.records !== 0) this.forget();
          break;
        case 'staging.promote':
        case 'quarantine.replay':
        case 'validators.drop':
        case 'integration.delete':
          this.forget();
          break;
        default:
          break;
      }
    }
  }

  forget(): void {
    this.#reads.clear();
    this.#writes.clear();
  }

  #counted(integrationId: string, result: { readonly writes: number } | null): void {
    if (result) this.#writes.set(integrationId, result.writes);
    else this.#writes.delete(integrationId);
  }

  #completed(op: Extract<Op, { kind: 'read.complete' }>, ops: readonly Op[]): void {
    if (!op.keepValidators) return;
    const writes = this.#writes.get(op.integrationId);
    const page = onlyPage(op, ops);
    if (writes === undefined || !page) this.#reads.delete(op.jobId);
    else
      this.#reads.set(op.jobId, {
        integrationId: op.integrationId,
        writes,
        validators: page.validator ? [page.validator] : [],
      });
  }
}

/** The whole read, when it came with its end. */
function onlyPage(
  { runIds }: Extract<Op, { kind: 'read.complete' }>,
  ops: readonly Op[],
): PageOp | undefined {
  return ops.find(
    (op): op is PageOp =>
      op.kind === 'page.put' && op.page === 1 && runIds.length === 1 && op.runId === runIds[0],
  );
}
