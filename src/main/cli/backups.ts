import type { CommandOutput } from '../../shared/contract.ts';
import type { Translate } from '../../shared/i18n/index.ts';
import type { Context } from './context.ts';
import { headings } from './headings.ts';
import { table } from './table.ts';
import { show, showList } from './terminal.ts';

type Backup = CommandOutput<'store.backup'>;

export async function backup({ api, terminal, json, t }: Context): Promise<void> {
  show(terminal, json, await api['store.backup']({}), (one) => backupsText([one], t));
}

export async function backups(context: Context): Promise<void> {
  const { items } = await context.api['store.backups']({});
  showList(context, items, backupsText);
}

export async function restore({ api, terminal, json, t }: Context, name: string): Promise<void> {
  const answer = await api['store.restore']({ backup: name });
  show(terminal, json, answer, ({ from }) => t('cli.restored', { from }));
}

type RecoverInput = Parameters<Context['api']['store.recover']>[0];

export const RECOVER_CHOICES = [
  'prefix',
  'previous-generation',
  'backup',
] as const satisfies readonly RecoverInput['choice'][];

/** Ends the state read-only as the person chose. */
export async function recover(
  { api, terminal, json, t }: Context,
  choice: RecoverInput['choice'],
  backup?: string,
): Promise<void> {
  const answer = await api['store.recover']({ choice, ...(backup ? { backup } : {}) });
  show(terminal, json, answer, ({ from }) => t('cli.recovered', { from }));
}

function backupsText(list: readonly Backup[], t: Translate): string {
  return table(
    headings(t, 'name', 'reason', 'at', 'bytes'),
    list.map(({ name, reason, at, bytes }) => [name, reason, at, bytes]),
  );
}
