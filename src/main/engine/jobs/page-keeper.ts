import type { Integration } from '../../../shared/integration.ts';
import { rounded, type Clock } from '../clock.ts';
import type { EventHub } from '../observe/events.ts';
import type { PageResult } from '../pool/protocol.ts';
import type { OpResult, PageOp } from '../store/ops.ts';
import type { Store } from '../store/store.ts';
import { LateSteps } from './late-steps.ts';
import { marksVanished, type LiveRun } from './live-run.ts';
import { refOf } from './run-view.ts';

type Stored = OpResult<'page.put'>;

/** Whether records become records only when the whole read is known to be good enough. */
function isStaged({ invalid }: Integration): boolean {
  return invalid.action === 'fail' || invalid.maxPercent !== null;
}

/** Knows what a page is to the store, to the run it belongs to, and to those who listen. */
export class PageKeeper {
  readonly #clock: Clock;
  readonly #events: Pick<EventHub, 'emit' | 'emitInternal'>;
  readonly #lateSteps: LateSteps;

  constructor(deps: {
    readonly clock: Clock;
    readonly store: Pick<Store, 'commit'>;
    readonly events: Pick<EventHub, 'emit' | 'emitInternal'>;
  }) {
    this.#clock = deps.clock;
    this.#events = deps.events;
    this.#lateSteps = new LateSteps(deps.clock, deps.store);
  }

  op(run: LiveRun, page: PageResult): PageOp {
    const { totalPages: _total, ...rest } = page;
    const { id: runId, integrationId, attempt } = run.row;
    const at = this.#clock.now();
    const { integration } = run.plan;
    const op = {
      kind: 'page.put',
      runId,
      integrationId,
      attempt,
      at,
      ...(run.row.instances === 1 || marksVanished(integration) ? {} : { alone: true }),
      ...rest,
    } as const;
    if (!isStaged(integration) || page.position === undefined) return op;
    run.mayHaveStaged = true;
    return { ...op, staged: true };
  }

  /** The page is on disk, `tookMs` after it was handed over. */
  stored(run: LiveRun, page: PageResult, stored: Stored, tookMs: number): void {
    const persist = Math.max(tookMs - stored.deduplicateMs, 0);
    const late = { deduplicate: rounded(stored.deduplicateMs), persist: rounded(persist) };
    run.strandings = 0;
    run.totalPages = page.totalPages ?? run.totalPages;
    if (page.position !== undefined) {
      run.position = page.position;
      run.pagesStored += 1;
    }
    run.addPage(page.counts, stored);
    run.addErrors(page.errorsByField);
    // Not `...late`: see `ARCHITECTURE.md` on objects that begin with a spread.
    const stepMs = { deduplicate: late.deduplicate, persist: late.persist, ...page.stepMs };
    run.addSteps(stepMs);
    const { id: runId } = run;
    const { attempt } = run.row;
    this.#lateSteps.add({ kind: 'steps.put', runId, attempt, page: page.page, stepMs: late });
    this.#tell(run, page, stored, stepMs);
  }

  flush(): Promise<void> {
    return this.#lateSteps.flush();
  }

  #tell(run: LiveRun, page: PageResult, stored: Stored, stepMs: PageResult['stepMs']): void {
    const { new: added, changed, unchanged, duplicates } = stored;
    const { requests, notModified, bytes, received, valid, invalid, warnings } = page.counts;
    const found = { new: added, changed, unchanged, duplicates, vanished: 0 };
    const counts = { requests, notModified, bytes, received, valid, invalid, warnings, ...found };
    const told = {
      page: page.page,
      url: page.url,
      status: page.status,
      bytes: page.counts.bytes,
      records: page.counts.received,
      startMs: page.startMs,
      stepMs,
      notModified: page.notModified,
    };
    const { totalPages } = run;
    const wasRead = page.position !== undefined;
    const payload = { run: refOf(run), page: told, counts, totalPages, wasRead };
    this.#events.emitInternal('page.stored', payload);
    if (added === 0 && changed === 0) return;
    const { integrationId } = run.row;
    this.#events.emit('records.changed', {
      integrationId,
      runId: run.id,
      new: added,
      changed,
      vanished: 0,
    });
  }
}
