import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startHeadless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** How far each thread stands back behind the first one of its process. */
function threadsBehind(pid: number): number[] {
  const nice = (thread: string) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    // The name in brackets may hold anything; this is the 17th field behind it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  };
  const first = nice(String(pid));
  return readdirSync(`/proc/${pid}/task`).map((thread) => nice(thread) - first);
}

it.skipIf(process.platform !== 'linux')(
  'The thread that writes things down lets those that call go first, and no other does',
  async () => {
    const engine = await startHeadless({ home: join(await temporaryFolder(), 'home') });
    const pid = engine.process.pid ?? 0;
    await engine.request('GET', '/status');
    await expect.poll(() => threadsBehind(pid).filter((behind) => behind > 0)).toHaveLength(1);
  },
);
