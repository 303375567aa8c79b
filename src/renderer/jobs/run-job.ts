import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { links } from '../state/links.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** Starts a job by hand and says so, with the way to its run. */
export async function runJob(app: App, id: string): Promise<void> {
  const { t } = app.i18n;
  try {
    const { runIds } = await app.client.call('jobs.run', { id });
    const [first] = runIds;
    const show = first === undefined ? undefined : () => app.router.go(links.run(first));
    tell(
      t('jobs.started', { name: app.catalog.jobName(id) }),
      show && { label: t('jobs.showRun'), act: show },
    );
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
  }
}
