import type { Run } from '../../shared/run.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { links } from '../state/links.ts';
import type { PagedList } from '../state/paged-list.svelte.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** The most runs that one command retries. */
const MOST_AT_ONCE = 1000;

/** What can be done with runs that failed for good; those that are dealt with leave the list. */
export function deadLetterActions(app: App, list: PagedList<Run>) {
  const { t } = app.i18n;

  async function retry(runs: readonly Run[]): Promise<void> {
    const ids = runs.slice(0, MOST_AT_ONCE).map((run) => run.id);
    try {
      const { results } = await app.client.call('dead-letters.retry', { ids });
      const started = results.filter((result) => result.ok);
      for (const { id } of started) list.remove(id);
      if (started.length > 0) tellStarted(started.flatMap(({ runIds }) => runIds));
      const refused = results.find((result) => result.error !== null);
      if (refused?.error) tellProblem(refused.error.message);
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

  return { retry, dismiss };
}
