import type { Run } from '../../shared/run.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { tellShown } from '../shell/tell-shown.ts';
import { links } from '../state/links.ts';
import { tell, tellProblem } from '../ui/toast.ts';
import { curlOf } from './curl.ts';

/** What can be done with a run; what goes wrong is told. */
export function runActions(app: App) {
  const { client, i18n, router } = app;

  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
    }
  }

  return {
    cancel: ({ id }: Pick<Run, 'id'>) =>
      attempt(async () => {
        await client.call('runs.cancel', { id });
        tell(i18n.t('runs.cancelled'));
      }),
    /** Starts it again and shows the new run. */
    retry: ({ id }: Pick<Run, 'id'>) =>
      attempt(async () => {
        const next = await client.call('runs.retry', { id });
        tell(i18n.t('runs.retried'));
        router.go(links.run(next.id));
      }),
    /** Reads again, and takes what is not seen then for gone. */
    allowVanished: ({ jobId }: Pick<Run, 'jobId'>) =>
      attempt(async () => {
        const { runIds } = await client.call('jobs.run', { id: jobId, allowVanished: true });
        tell(i18n.t('runs.retried'));
        const [first] = runIds;
        if (first !== undefined) router.go(links.run(first));
      }),
    openLog: ({ id }: Pick<Run, 'id'>) =>
      attempt(async () => {
        tellShown(app, 'itself', await client.desktop('log.open', { runId: id }));
      }),
    copyCurl: ({ integrationId }: Pick<Run, 'integrationId'>, url: string) =>
      attempt(async () => {
        const integration = await client.call('integrations.get', { id: integrationId });
        await client.desktop('text.copy', { text: curlOf(integration, url) });
        tell(i18n.t('runs.one.curlCopied'));
      }),
  };
}
