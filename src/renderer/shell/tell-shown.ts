import type { Shown } from '../../shared/desktop-contract.ts';
import type { App } from '../state/app.svelte.ts';
import { asCallError } from '../state/client.ts';
import { tell, tellProblem } from '../ui/toast.ts';

/** Says where it is when the desktop could not show what was wanted; the path can be copied. */
export function tellShown(app: App, wanted: 'itself' | 'folder', { shown, path }: Shown): void {
  if (shown === wanted || shown === 'itself') return;
  const message = app.i18n.t(`shell.shown.${shown}`, { path });
  tellProblem(message, {
    label: app.i18n.t('shell.shown.copy'),
    act: () => void copyPath(app, path),
  });
}

async function copyPath({ client, i18n }: App, path: string): Promise<void> {
  try {
    await client.desktop('text.copy', { text: path });
    tell(i18n.t('actions.copied'));
  } catch (thrown) {
    tellProblem(asCallError(thrown).message);
  }
}
