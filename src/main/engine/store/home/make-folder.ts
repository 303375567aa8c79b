import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o700;

/**
 * Makes a folder with all above it, for its owner alone; one that is there stays as it is. Node's own recursive mkdir
 * never returns where a folder that exists answers ENOENT to a new name in it, as `/proc` does. Throws errors of `fs`.
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: OWNER_ONLY });
  } catch (error) {
    if (isFolder(path)) return;
    const parent = dirname(path);
    const lacksParent = (error as NodeJS.ErrnoException).code === 'ENOENT' && parent !== path;
    if (!lacksParent || isFolder(parent)) throw error;
    makeFolder(parent);
    mkdirSync(path, { mode: OWNER_ONLY });
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false; // not there, or not to be seen: who makes it tells
  }
}
