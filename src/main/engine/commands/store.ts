import type { CommandFilledInput, ContractHandlers } from '../../../shared/contract.ts';
import { invalid, notFound, PontualError } from '../../../shared/errors.ts';
import { say } from '../../../shared/sentences.ts';
import type { Storage } from '../../../shared/upkeep.ts';
import { toIso } from '../clock.ts';
import type { RecoverChoice, Store, StoredBackup } from '../store/store.ts';
import { onePage } from './paging.ts';
import { endRestored } from './restored-runs.ts';

type Names =
  | 'store.info'
  | 'store.compact'
  | 'store.backup'
  | 'store.backups'
  | 'store.restore'
  | 'store.recover';

export interface StoreCommandDeps {
  readonly store: Pick<
    Store,
    | 'commit'
    | 'query'
    | 'storage'
    | 'compact'
    | 'backup'
    | 'restore'
    | 'recover'
    | 'health'
    | 'figures'
  >;
  readonly budgetBytes: () => number;
  /** Nothing new begins while this is on. */
  readonly hold: (isOn: boolean) => void;
  /** Nothing is planned or run any more. */
  readonly quiet: () => Promise<void>;
  /** Whatever remembers anything of the store is to be started again; null where nobody can do that. */
  readonly onReplaced: (() => void) | null;
}

export function storeCommands(deps: StoreCommandDeps): Pick<ContractHandlers, Names> {
  const { store } = deps;
  return {
    'store.info': () => storage(deps),
    'store.compact': () => store.compact(),
    'store.backup': async () => toBackup(await store.backup('manual')),
    'store.backups': async () => onePage((await store.storage()).backups.map(toBackup)),
    'store.restore': async ({ backup }) => {
      const { at } = await backupNamed(deps, backup);
      await replace(deps, true, async () => {
        await store.restore(backup);
        await endUnderWay(deps, at);
      });
      return { from: backup };
    },
    'store.recover': async (input) => {
      const choice = choiceOf(input);
      const backup = choice.kind === 'backup' ? await backupNamed(deps, choice.backup) : null;
      await replace(deps, false, async () => {
        await store.recover(choice);
        if (backup) await endUnderWay(deps, backup.at);
      });
      return { from: input.backup ?? input.choice };
    },
  };
}

async function storage({ store, budgetBytes }: StoreCommandDeps): Promise<Storage> {
  const { figures, generations, backups, integrations, home } = await store.storage();
  return {
    state: store.health.state,
    stateReason: store.health.reason,
    ...(store.health.says && { stateReasonSays: store.health.says }),
    home,
    ...figures,
    budgetBytes: budgetBytes(),
    integrations: [...integrations],
    generations: generations.map(({ lsn, bytes, at }) => ({ lsn, bytes, at: toIso(at) })),
    backups: backups.map(toBackup),
  };
}

/** A name that is not in the list costs a sentence, not a pause of all work. */
async function backupNamed({ store }: StoreCommandDeps, name: string): Promise<StoredBackup> {
  const { backups } = await store.storage();
  const found = backups.find((backup) => backup.name === name);
  if (!found) throw notFound('backup', name);
  return found;
}

/** The backup is in place, whatever becomes of this: the next start would take such runs for those of a crash. */
async function endUnderWay({ store }: StoreCommandDeps, backupAt: number): Promise<void> {
  try {
    const ops = endRestored(await store.query('runs.unfinished', null), backupAt);
    if (ops.length > 0) await store.commit(ops);
  } catch {
    // The store tells by itself when it is not well.
  }
}

/**
 * Puts other data in the place of what there is. What ran until now belongs to the old data, so all work ends before,
 * and the program starts again after, also when the old data stayed.
 */
async function replace(
  { hold, quiet, onReplaced }: StoreCommandDeps,
  mayRun: boolean,
  act: () => Promise<void>,
): Promise<void> {
  if (onReplaced === null) throw new PontualError('not-implemented', say('cannotRestartItself'));
  hold(true);
  if (mayRun) await quiet();
  try {
    await act();
  } catch (error) {
    if (mayRun) onReplaced();
    else hold(false);
    throw error;
  }
  onReplaced();
}

function choiceOf({ choice, backup }: CommandFilledInput<'store.recover'>): RecoverChoice {
  if (choice !== 'backup') return { kind: choice };
  if (backup === undefined) throw invalid([{ path: 'backup', ...say('backupNeeded') }]);
  return { kind: 'backup', backup };
}

function toBackup({ name, reason, at, bytes }: StoredBackup) {
  return { name, reason, at: toIso(at), bytes };
}
