import { dialog } from 'electron';
import { assertNever } from '../../shared/assert-never.ts';
import type { Translate } from '../../shared/i18n/index.ts';

/** What the person decides about the work that is going on. */
export type QuitChoice = 'wait' | 'cancel-runs' | 'resume-later' | 'stay';
/** What the person decides when the window is closed on a desktop without a tray. */
export type CloseChoice = 'minimize' | 'quit' | 'stay';

const quitChoices = ['wait', 'cancel-runs', 'resume-later', 'stay'] as const;
const closeChoices = ['minimize', 'quit', 'stay'] as const;

/** Asks what becomes of the runs in progress. */
export async function askBeforeQuit(t: Translate, running: number): Promise<QuitChoice> {
  const index = await ask({
    message: t('tray.quitDialog.message', { count: running }),
    detail: t('tray.quitDialog.detail'),
    buttons: quitChoices.map((choice) => quitLabel(t, choice)),
    cancelId: quitChoices.indexOf('stay'),
  });
  return quitChoices[index] ?? 'stay';
}

/** Asks what closing means where there is no tray to hide into. */
export async function askBeforeClose(t: Translate): Promise<CloseChoice> {
  const index = await ask({
    message: t('tray.closeDialog.message'),
    detail: t('tray.closeDialog.detail'),
    buttons: closeChoices.map((choice) => closeLabel(t, choice)),
    cancelId: closeChoices.indexOf('stay'),
  });
  return closeChoices[index] ?? 'stay';
}

async function ask(question: {
  readonly message: string;
  readonly detail: string;
  readonly buttons: string[];
  readonly cancelId: number;
}): Promise<number> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Pontual',
    defaultId: 0,
    noLink: true,
    ...question,
  });
  return response;
}

function quitLabel(t: Translate, choice: QuitChoice): string {
  switch (choice) {
    case 'wait':
      return t('tray.quitDialog.wait');
    case 'cancel-runs':
      return t('tray.quitDialog.cancelRuns');
    case 'resume-later':
      return t('tray.quitDialog.resumeLater');
    case 'stay':
      return t('tray.quitDialog.stay');
    default:
      return assertNever(choice);
  }
}

function closeLabel(t: Translate, choice: CloseChoice): string {
  switch (choice) {
    case 'minimize':
      return t('tray.closeDialog.minimize');
    case 'quit':
      return t('tray.closeDialog.quit');
    case 'stay':
      return t('tray.closeDialog.stay');
    default:
      return assertNever(choice);
  }
}
