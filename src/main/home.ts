import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { asError } from '../shared/errors.ts';
import { HomeUnusable, isFromSystem } from './engine/store/home/home-unusable.ts';
import { makeFolder } from './engine/store/home/make-folder.ts';

/**
 * The folder that holds everything: the one that was asked for, else `PONTUAL_HOME`, else the platform's place for
 * user data, where the desktop app looks too.
 */
export function homeFolder(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  const named = asked ?? env['PONTUAL_HOME'];
  if (named) return resolve(named);
  return join(userDataParent(env), 'Pontual');
}

/** Makes the folder, for its owner alone. Throws `HomeUnusable`. */
export function prepareHome(home: string): void {
  ownerOnly();
  try {
    makeFolder(home);
  } catch (error) {
    throw new HomeUnusable(home, asError(error));
  }
}

/** Does something with the files of a home; what the system then refuses is a `HomeUnusable`, too. */
export async function inHome<T>(home: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw isFromSystem(error) && !concernsServer(error) ? new HomeUnusable(home, error) : error;
  }
}

/** A port that is taken is no matter of the home. */
function concernsServer({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'listen' || syscall === 'bind';
}

function userDataParent(env: NodeJS.ProcessEnv): string {
  switch (process.platform) {
    case 'win32':
      return env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support');
    default:
      return env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
  }
}

/** Whatever this process makes is for its owner alone. */
export function ownerOnly(): void {
  process.umask(0o077);
}
