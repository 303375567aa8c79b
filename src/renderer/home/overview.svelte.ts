import type { CommandOutput } from '../../shared/contract.ts';
import type { EventPayload } from '../../shared/events.ts';
import type { Run } from '../../shared/run.ts';
import type { Client } from '../state/client.ts';
import type { Digest } from '../state/digest.ts';
import { Resource } from '../state/resource.svelte.ts';

export type OverviewData = CommandOutput<'overview'>;

const BEATS = 30;

/** What Home shows. What runs follows the events at once; the rest is asked again about once a second at most. */
export class Overview {
  readonly data: Resource<OverviewData>;
  #progress = $state.raw<ReadonlyMap<string, EventPayload<'run.progress'>>>(new Map());
  readonly running: readonly Run[] = $derived.by(() =>
    (this.data.value?.running ?? []).map((run) => this.#progressed(run)),
  );

  constructor(client: Client) {
    this.data = new Resource(() =>
      client.call('overview', { since: startOfToday().toISOString(), runsPerJob: BEATS }),
    );
  }

  hear(digest: Digest): void {
    if (digest.progress.size > 0) {
      const running = new Set(this.data.value?.running.map((run) => run.id));
      const newest = [...this.#progress, ...digest.progress].filter(([id]) => running.has(id));
      this.#progress = new Map(newest);
    }
    const { runs, jobs, status, isOverflow } = digest;
    // A pause of everything moves what comes next.
    if (runs.size > 0 || jobs.size > 0 || status !== null || isOverflow) this.data.refreshSoon();
  }

  close(): void {
    this.data.close();
  }

  #progressed(run: Run): Run {
    const told = this.#progress.get(run.id);
    if (told === undefined || told.progress.done < run.progress.done) return run;
    return { ...run, counts: told.counts, progress: told.progress };
  }
}

function startOfToday(): Date {
  const midnight = new Date();
  midnight.setHours(0, 0, 0, 0);
  return midnight;
}
