import type { Run } from '../../shared/run.ts';
import type { Page } from '../../shared/values.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { links } from '../state/links.ts';
import type { PagedList } from '../state/paged-list.svelte.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** The most runs that one command retries. */
const MOST_AT_ONCE = 1000;
const PAGE_SIZE = 500;

/** What can be done with unresolved failures; those that are dealt with leave the list. */
export function deadLetterActions(app: App, list: PagedList<Run>) {
  const { t } = app.i18n;

  const retry = (runs: readonly Run[]) => retryThese(runs.map((run) => run.id));

  /** Also those that were not scrolled to; of very many the first, so that the line has room for them. */
  async function retryAll(): Promise<void> {
    try {
      await retryThese(list.hasMore ? await allIds() : list.items.map((run) => run.id));
      if (list.hasMore) await list.reload();
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
  }

  async function allIds(): Promise<string[]> {
    const ids: string[] = [];
    let cursor: { cursor?: string } | null = {};
    while (cursor !== null && ids.length < MOST_AT_ONCE) {
      const page: Page<Run> = await app.client.call('dead-letters.list', {
        limit: PAGE_SIZE,
        ...cursor,
      });
      ids.push(...page.items.map((run) => run.id));
      cursor = page.nextCursor === null ? null : { cursor: page.nextCursor };
    }
    return ids.slice(0, MOST_AT_ONCE);
  }

  async function retryThese(ids: readonly string[]): Promise<void> {
    try {
      const { results } = await app.client.call('dead-letters.retry', { ids: [...ids] });
      const started = results.filter((result) => result.ok);
      for (const { id } of started) list.remove(id);
      if (started.length > 0) tellStarted(started.flatMap(({ runIds }) => runIds));
      const refused = results.find((result) => result.error !== null);
      if (refused?.error) tellProblem(app.i18n.spoken(refused.error));
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
  }

  function tellStarted(runIds: readonly string[]): void {
    const [first] = runIds;
    const href = runIds.length === 1 && first !== undefined ? links.run(first) : links.runs();
    tell(t('runs.dead.retried', { count: runIds.length }), {
      label: t('jobs.showRun'),
      act: () => app.router.go(href),
    });
  }

  async function dismiss(run: Run): Promise<void> {
    try {
      await app.client.call('dead-letters.dismiss', { runId: run.id });
      list.remove(run.id);
      tell(t('runs.dead.dismissed'), {
        label: t('jobs.showRun'),
        act: () => app.router.go(links.run(run.id)),
      });
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
  }

  return { retry, retryAll, dismiss };
}
