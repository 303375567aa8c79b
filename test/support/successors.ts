import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';

const PATIENTLY = { timeout: 20_000, interval: 100 };

/** An app that starts itself again is out of the test's hands: waits for it to be there, and ends it. */
export async function endSuccessors(home: string): Promise<void> {
  await expect.poll(() => appsOf(home), PATIENTLY).not.toEqual([]);
  for (const successor of appsOf(home)) process.kill(successor, 'SIGKILL');
  await expect.poll(() => appsOf(home), PATIENTLY).toEqual([]);
}

/** Main processes of the app in a home. */
function appsOf(home: string): number[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => {
    const command = commandOf(pid);
    return command.includes(home) && !command.includes('--type=');
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
