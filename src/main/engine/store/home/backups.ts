import { say } from '../../../../shared/sentences.ts';
import type { DatabaseImage } from '../database/paged-file.ts';
import type { Sqlite, SqliteModule } from '../database/sqlite.ts';
import type { StoreFiles } from '../files/store-files.ts';
import { migrate } from '../migrations.ts';
import type { BackupReason, StoredBackup } from '../store.ts';
import { stampOf } from './layout.ts';
import {
  BadSnapshot,
  copyProved,
  openSnapshot,
  quickCheck,
  readSnapshot,
  type WriteProved,
} from './snapshot.ts';

export const BACKUP_FOLDER = 'backups';
const KEPT: Readonly<Record<BackupReason, number>> = {
  daily: 7,
  manual: Number.POSITIVE_INFINITY,
  'before-restore': 3,
  'before-migration': 3,
};

const NAME =
  /^pontual-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})\.(\d{3})Z-(daily|manual|before-restore|before-migration)\.db$/;

/** Backups are whole SQLite files with their date and reason in the name; each was proved when it was written. */
export class Backups {
  readonly #files: StoreFiles;
  readonly #write: WriteProved;

  constructor(files: StoreFiles, write: WriteProved) {
    this.#files = files;
    this.#write = write;
  }

  /** Writes and proves a backup, and releases the image. */
  async write(
    image: DatabaseImage,
    lsn: number,
    at: number,
    reason: BackupReason,
  ): Promise<StoredBackup> {
    const name = nameOf(at, reason);
    try {
      await this.#put(name, (path) => this.#write(path, image, lsn));
    } finally {
      image.release();
    }
    await this.#dropOld(reason);
    return { name, reason, at, bytes: image.size };
  }

  /** Keeps a snapshot file as it is, before something is done to what it holds. */
  async keep(path: string, at: number, reason: BackupReason): Promise<void> {
    await this.#put(nameOf(at, reason), (copy) => copyProved(this.#files, path, copy));
    await this.#dropOld(reason);
  }

  /** A backup has its name only when it is whole. */
  async #put(name: string, make: (path: string) => Promise<unknown>): Promise<void> {
    await this.#files.makeFolder(BACKUP_FOLDER);
    const temporary = `${BACKUP_FOLDER}/${name}.tmp`;
    try {
      await make(temporary);
      await this.#files.rename(temporary, `${BACKUP_FOLDER}/${name}`);
    } catch (error) {
      await this.#files.remove(temporary).catch(() => undefined);
      throw error;
    }
    await this.#files.syncFolder(BACKUP_FOLDER);
  }

  /** Takes away what a program that was killed left of a backup. */
  async removeUnfinished(): Promise<void> {
    for (const name of await this.#files.list(BACKUP_FOLDER))
      if (name.endsWith('.tmp'))
        await this.#files.remove(`${BACKUP_FOLDER}/${name}`).catch(() => undefined);
  }

  /** Newest first. */
  async list(): Promise<StoredBackup[]> {
    const found: StoredBackup[] = [];
    for (const name of await this.#files.list(BACKUP_FOLDER)) {
      const parsed = parse(name);
      const identity = parsed && (await this.#files.stat(`${BACKUP_FOLDER}/${name}`));
      if (parsed && identity?.isFile) found.push({ name, ...parsed, bytes: identity.size });
    }
    return found.sort((left, right) => right.at - left.at);
  }

  /** A backup as a database of the newest schema; throws `BadSnapshot` when it does not hold or is not there. */
  async open(module: SqliteModule, name: string): Promise<Sqlite> {
    const path = `${BACKUP_FOLDER}/${name}`;
    // A name is never a path.
    if (!parse(name)) throw new BadSnapshot(say('snapshotMissing', { path }));
    const database = openSnapshot(module, path, await readSnapshot(this.#files, path));
    try {
      quickCheck(database, path);
      database.tune();
      migrate(database);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  async #dropOld(reason: BackupReason): Promise<void> {
    const same = (await this.list()).filter((backup) => backup.reason === reason);
    for (const { name } of same.slice(KEPT[reason]))
      await this.#files.remove(`${BACKUP_FOLDER}/${name}`).catch(() => undefined);
  }
}

/** Copies files into a folder of the home, for whoever may want to look at them later. */
export async function keepCopies(
  files: StoreFiles,
  names: readonly string[],
  folder: string,
): Promise<void> {
  await files.makeFolder(folder);
  for (const name of names)
    if ((await files.stat(name))?.isFile) await copyProved(files, name, `${folder}/${name}`);
  await files.syncFolder(folder);
  await files.syncFolder('.');
}

function nameOf(at: number, reason: BackupReason): string {
  return `pontual-${stampOf(at)}-${reason}.db`;
}

function parse(name: string): { readonly at: number; readonly reason: BackupReason } | null {
  const parts = NAME.exec(name);
  if (!parts) return null;
  const [, day, hour, minute, second, ms, reason] = parts as unknown as string[];
  const at = Date.parse(`${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}.${ms ?? ''}Z`);
  return Number.isNaN(at) ? null : { at, reason: reason as BackupReason };
}
