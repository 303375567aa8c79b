import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Translate } from '../../shared/i18n/index.ts';
import { TOKEN_FILE } from '../server/token-file.ts';
import type { Endpoint } from './rest-client.ts';

/** What stands between a person and a command that needs a running engine, with what to do about it. */
export class NoEngine extends Error {
  override readonly name = 'NoEngine';
}

interface LockContent {
  readonly pid: number;
  readonly url: string | null;
}

/** The engine that owns a home, by its LOCK file and api-token; rejects with `NoEngine` when none can be reached. */
export async function findEngine(home: string, t: Translate): Promise<Endpoint> {
  const read = (name: string) => readOrNull(join(home, name), t);
  const lock = parseLock(await read('LOCK'));
  if (lock === null || !isAlive(lock.pid)) throw new NoEngine(t('cli.noEngine', { home }));
  if (lock.url === null)
    throw new NoEngine(t('cli.noLocalServer', { home, pid: String(lock.pid) }));
  const token = (await read(TOKEN_FILE))?.trim();
  if (!token) throw new NoEngine(t('cli.noToken', { file: join(home, TOKEN_FILE) }));
  return { url: lock.url, token };
}

/** What the LOCK file says; null when there is none, or it is not one. */
export function parseLock(text: string | null): LockContent | null {
  if (text === null) return null;
  try {
    const { pid, url } = JSON.parse(text) as Partial<LockContent>;
    if (typeof pid !== 'number') return null;
    return { pid, url: typeof url === 'string' ? url : null };
  } catch {
    return null;
  }
}

/** A LOCK file outlives a process that was killed. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readOrNull(path: string, t: Translate): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const why = (error as Error).message;
    throw new NoEngine(t('cli.unreadable', { file: path, why }), { cause: error });
  }
}
