import type { Run } from '../../shared/run.ts';
import type { Client } from '../state/client.ts';
import type { Digest } from '../state/digest.ts';
import { PagedList } from '../state/paged-list.svelte.ts';
import { isInFilter, type RunFilter } from './run-filter.ts';

const PAGE_SIZE = 200;

/** Runs newest first that follow the events: rows change in place, new ones wait while somebody reads further down. */
export class RunList {
  readonly list: PagedList<Run>;
  /** Runs that came while the top was out of sight. */
  fresh = $state.raw<readonly Run[]>([]);
  readonly #filter: RunFilter;
  #isAtTop = true;

  constructor(client: Client, filter: RunFilter) {
    this.#filter = filter;
    this.list = new PagedList({
      keyOf: (run) => run.id,
      load: (cursor) =>
        client.call('runs.list', {
          ...filter,
          limit: PAGE_SIZE,
          ...(cursor === null ? {} : { cursor }),
        }),
    });
  }

  scrolled(offset: number): void {
    this.#isAtTop = offset < 8;
    if (this.#isAtTop) this.showFresh();
  }

  showFresh(): void {
    if (this.fresh.length === 0) return;
    this.list.prepend(this.fresh);
    this.fresh = [];
  }

  hear(digest: Digest): void {
    if (digest.isOverflow && this.#isAtTop) {
      void this.list.reload();
      return;
    }
    if (digest.progress.size > 0) this.list.update(this.#progressed(digest));
    if (digest.runs.size === 0) return;
    this.list.update(digest.runs);
    this.#takeIn(digest);
  }

  close(): void {
    this.list.close();
  }

  #takeIn({ runs }: Digest): void {
    const known = new Set(this.list.items.map((run) => run.id));
    const added = [...runs.values()]
      .filter((run) => !known.has(run.id) && isInFilter(run, this.#filter))
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    if (added.length === 0) return;
    const addedIds = new Set(added.map((run) => run.id));
    this.fresh = [...added, ...this.fresh.filter((run) => !addedIds.has(run.id))];
    if (this.#isAtTop) this.showFresh();
  }

  #progressed({ progress }: Digest): ReadonlyMap<string, Run> {
    const changed = new Map<string, Run>();
    for (const run of this.list.items) {
      const told = progress.get(run.id);
      if (told) changed.set(run.id, { ...run, counts: told.counts, progress: told.progress });
    }
    return changed;
  }
}
