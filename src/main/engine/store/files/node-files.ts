import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import { join } from 'node:path';
import { asError } from '../../../../shared/errors.ts';
import type { FileIdentity, StoreFile, StoreFiles } from './store-files.ts';

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const FLAGS = { read: 'r', write: 'r+', create: 'w+' } as const;

/** The files of a home on a real disk: readable by their owner alone. */
export function nodeFiles(home: string): StoreFiles {
  const at = (path: string) => join(home, path);
  return {
    async list(folder) {
      return (await unlessMissing(fsp.readdir(at(folder)))) ?? [];
    },
    async stat(path) {
      const stat = await unlessMissing(fsp.stat(at(path)));
      return stat ? identityOf(stat) : null;
    },
    async open(path, mode) {
      const handle = await fsp.open(at(path), FLAGS[mode], FILE_MODE);
      // An older file, or an unusual umask, must not leave it readable by others.
      if (mode !== 'read') await orClosed(handle, () => handle.chmod(FILE_MODE));
      return nodeFile(handle, at(path));
    },
    rename: (from, to) => fsp.rename(at(from), at(to)),
    remove: (path) => fsp.rm(at(path), { force: true }),
    async makeFolder(path) {
      await fsp.mkdir(at(path), { recursive: true, mode: FOLDER_MODE });
    },
    async syncFolder(path) {
      // Windows cannot open a folder; its renames are durable by themselves.
      if (process.platform === 'win32') return;
      const handle = await fsp.open(at(path), 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    async freeBytes() {
      const { bavail, bsize } = await fsp.statfs(home);
      return bavail * bsize;
    },
  };
}

async function orClosed(handle: fsp.FileHandle, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

function nodeFile(handle: fsp.FileHandle, path: string): StoreFile {
  const { fd } = handle;
  const named = (error: unknown) => {
    throw withName(path, error);
  };
  return {
    read: (target, position) =>
      new Promise((resolve, reject) => {
        fs.read(fd, target, 0, target.length, position, (error, bytes) => {
          if (error) reject(withName(path, error));
          else resolve(bytes);
        });
      }),
    // Into the page cache: quicker than a trip to another thread.
    write: (bytes, position) =>
      new Promise((resolve, reject) => {
        try {
          resolve(fs.writeSync(fd, bytes, 0, bytes.length, position));
        } catch (error) {
          reject(withName(path, error));
        }
      }),
    sync: () =>
      new Promise((resolve, reject) => {
        fs.fdatasync(fd, (error) => {
          if (error) reject(withName(path, error));
          else resolve();
        });
      }),
    truncate: (size) => handle.truncate(size).catch(named),
    identity: () => handle.stat().then(identityOf, named),
    close: () => handle.close().catch(named),
  };
}

/** Of what is done to an open file Node does not say which one it was. */
function withName(path: string, thrown: unknown): Error {
  const error = asError(thrown);
  error.message += ` '${path}'`;
  return error;
}

function identityOf(stat: fs.Stats): FileIdentity {
  return { size: stat.size, inode: `${stat.dev}:${stat.ino}`, isFile: stat.isFile() };
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
