import type { CommandOutput } from '../../shared/contract.ts';
import type { Context } from './context.ts';
import { table } from './table.ts';
import { show } from './terminal.ts';

type Backup = CommandOutput<'store.backup'>;

export async function backup({ api, terminal, json }: Context): Promise<void> {
  show(terminal, json, await api['store.backup']({}), (one) => backupsText([one]));
}

export async function backups({ api, terminal, json }: Context): Promise<void> {
  const { items } = await api['store.backups']({});
  show(terminal, json, items, backupsText);
}

export async function restore({ api, terminal, json, t }: Context, name: string): Promise<void> {
  const answer = await api['store.restore']({ backup: name });
  show(terminal, json, answer, ({ from }) => t('cli.restored', { from }));
}

function backupsText(list: readonly Backup[]): string {
  return table(
    ['NAME', 'REASON', 'AT', 'BYTES'],
    list.map(({ name, reason, at, bytes }) => [name, reason, at, bytes]),
  );
}
