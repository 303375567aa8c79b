import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { tell, tellProblem } from '../ui/toast.ts';
import { pauseEnd, type PauseChoice } from './pause-choices.ts';

/** Pauses all schedules and says until when; the toast resumes them. */
export async function pauseAll(app: App, choice: PauseChoice): Promise<void> {
  const { t, format } = app.i18n;
  const until = pauseEnd(choice, Date.now());
  try {
    const input = { until: until?.toISOString() ?? null, reason: null };
    app.status.set(await app.client.call('pause', input));
    const message =
      until === null
        ? t('shell.pause.pausedForeverToast')
        : t('shell.pause.pausedToast', { time: format.exact(until.getTime(), Date.now()) });
    tell(message, { label: t('shell.pause.resume'), act: () => void resumeAll(app) });
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
  }
}

export async function resumeAll(app: App): Promise<void> {
  try {
    app.status.set(await app.client.call('resume', {}));
    tell(app.i18n.t('shell.pause.resumedToast'));
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
  }
}
