import type { CommandInput, CommandOutput } from '../../shared/contract.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import type { Job } from '../../shared/job.ts';
import { waitedForFirst } from '../../shared/job-order.ts';
import { tell, tellProblem } from '../ui/toast.ts';

export type BulkAction = 'run' | 'pause' | 'resume' | 'delete';
type Results = CommandOutput<'jobs.bulk'>['results'];

/** Does the same to many jobs and says what became of them; answers whether all went well. */
export async function actOnJobs(
  app: App,
  ids: readonly string[],
  action: BulkAction,
): Promise<boolean> {
  try {
    const input: CommandInput<'jobs.bulk'> = { ids: [...ids], action };
    const before = (app.catalog.jobs.value ?? []).filter((job) => ids.includes(job.id));
    const { results } = await app.client.call('jobs.bulk', input);
    app.catalog.jobs.refreshSoon();
    return tellResults(app, results, action, before);
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
    return false;
  }
}

function tellResults(
  app: App,
  results: Results,
  action: BulkAction,
  before: readonly Job[],
): boolean {
  const { t } = app.i18n;
  const refused = results.filter((result) => !result.ok);
  const done = results.length - refused.length;
  const gone = results.filter((result) => result.ok && action === 'delete').map(({ id }) => id);
  if (done > 0) {
    const back = { label: t('actions.undo'), act: () => void bringBack(app, before, gone) };
    tell(t(`jobs.bulk.done.${action}`, { count: done }), gone.length > 0 ? back : undefined);
  }
  const [first] = refused;
  if (first !== undefined) {
    const why = first.error ? app.i18n.spoken(first.error) : '';
    const problem = `${app.catalog.jobName(first.id)}: ${why}`;
    tellProblem(t('jobs.bulk.refused', { count: refused.length, problem }));
  }
  return refused.length === 0;
}

async function bringBack(app: App, before: readonly Job[], ids: readonly string[]): Promise<void> {
  try {
    const gone = before.filter((job) => ids.includes(job.id));
    const ordered = waitedForFirst(
      gone,
      (job) => job.id,
      (job) => job.after,
    );
    for (const job of ordered) await app.client.call('jobs.create', job);
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
  }
  app.catalog.jobs.refreshSoon();
}
