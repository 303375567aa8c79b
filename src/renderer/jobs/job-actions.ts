import type { Job } from '../../shared/job.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { tell, tellProblem } from '../ui/toast.ts';
import { withoutId } from '../ui/without-id.ts';

/** What can be done to a job from a list or its own screen; each can be taken back from its toast. */
export function jobActions(app: App) {
  const { client } = app;
  const undo = (act: () => Promise<unknown>) => ({
    label: app.i18n.t('actions.undo'),
    act: () => void attempt(act),
  });

  async function attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      app.catalog.jobs.refreshSoon();
      return true;
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
      return false;
    }
  }

  async function pause({ id, name }: Job, until: Date | null = null): Promise<void> {
    const isDone = await attempt(() =>
      client.call('jobs.pause', { id, until: until?.toISOString() ?? null }),
    );
    if (isDone) {
      const resume = undo(() => client.call('jobs.resume', { id }));
      tell(app.i18n.t('jobs.paused', { name }), resume);
    }
  }

  async function resume({ id, name, pausedUntil, pauseReason }: Job): Promise<void> {
    const isDone = await attempt(() => client.call('jobs.resume', { id }));
    if (isDone) {
      const again = () =>
        client.call('jobs.pause', { id, until: pausedUntil, reason: pauseReason });
      tell(app.i18n.t('jobs.resumed', { name }), undo(again));
    }
  }

  async function duplicate(job: Job): Promise<Job | null> {
    try {
      return await client.call('jobs.create', {
        ...withoutId(job),
        name: app.i18n.t('actions.copyOf', { name: job.name }),
        enabled: false,
      });
    } catch (thrown) {
      tellProblem(asCallError(thrown).message);
      return null;
    }
  }

  async function remove(job: Job): Promise<boolean> {
    const isDone = await attempt(() => client.call('jobs.delete', { id: job.id }));
    if (isDone) {
      const create = undo(() => client.call('jobs.create', job));
      tell(app.i18n.t('jobs.deleted', { name: job.name }), create);
    }
    return isDone;
  }

  return { pause, resume, duplicate, remove };
}
