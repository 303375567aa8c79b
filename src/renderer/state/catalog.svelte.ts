import type { Integration } from '../../shared/integration.ts';
import type { Job } from '../../shared/job.ts';
import type { Status } from '../../shared/status.ts';
import type { Page } from '../../shared/values.ts';
import type { Client } from './client.ts';
import type { Digest } from './digest.ts';
import { Resource } from './resource.svelte.ts';

/** All jobs and integrations: hundreds of rows that most screens need for names and choices. */
export class Catalog {
  readonly jobs: Resource<readonly Job[]>;
  readonly integrations: Resource<readonly Integration[]>;
  #rest = 'none';
  readonly #jobNames = $derived.by(() => namesOf(this.jobs.value));
  readonly #integrationNames = $derived.by(() => namesOf(this.integrations.value));

  constructor(client: Client) {
    this.jobs = new Resource(() =>
      wholeList((cursor) => client.call('jobs.list', { limit: 500, ...cursor })),
    );
    this.integrations = new Resource(() =>
      wholeList((cursor) => client.call('integrations.list', { limit: 500, ...cursor })),
    );
  }

  /** Its name, or its id when it is deleted or not yet known. */
  jobName(id: string): string {
    return this.#jobNames.get(id) ?? id;
  }

  integrationName(id: string): string {
    return this.#integrationNames.get(id) ?? id;
  }

  /** The fields that name a record of an integration. */
  keyOf(integrationId: string): readonly string[] {
    return this.integrations.value?.find(({ id }) => id === integrationId)?.key ?? [];
  }

  hear(digest: Digest): void {
    const { isOverflow, jobs, runs, status } = digest;
    // Next run and last outcome are part of a job.
    if (isOverflow || jobs.size > 0 || runs.size > 0 || this.#hasRestMoved(status))
      this.jobs.refreshSoon();
    if (digest.isOverflow || digest.integrations.size > 0) this.integrations.refreshSoon();
  }

  /** What holds everything, a pause or an ill store, moves the next run of each job. */
  #hasRestMoved(status: Status | null): boolean {
    if (status === null) return false;
    const rest = status.state === 'running' ? 'none' : `${status.state} ${status.pausedUntil}`;
    const hasMoved = rest !== this.#rest;
    this.#rest = rest;
    return hasMoved;
  }

  close(): void {
    this.jobs.close();
    this.integrations.close();
  }
}

function namesOf(
  items: readonly { readonly id: string; readonly name: string }[] | undefined,
): ReadonlyMap<string, string> {
  return new Map(items?.map(({ id, name }) => [id, name]));
}

/** Follows the cursor to the end. */
async function wholeList<T>(
  load: (cursor: { cursor?: string }) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let cursor: { cursor?: string } | null = {}; cursor !== null;) {
    const page: Page<T> = await load(cursor);
    items.push(...page.items);
    cursor = page.nextCursor === null ? null : { cursor: page.nextCursor };
  }
  return items;
}
