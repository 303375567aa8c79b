import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SLOW_MS = 25_000;

/**
 * Waits as long as the promise takes, but when that is long tells on stderr what the app of a home does meanwhile:
 * its processes with what the kernel says each thread waits in, and the end of its log.
 */
export async function toldWhenSlow<T>(home: string, what: string, promise: Promise<T>): Promise<T> {
  const timer = setTimeout(() => process.stderr.write(`${describeHang(home, what)}\n`), SLOW_MS);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function describeHang(home: string, what: string): string {
  return [
    `The app of ${home} hangs: after ${SLOW_MS / 1000} s the test still waits for ${what}.`,
    ...processesOf(home).map(describeProcess),
    `The end of its log:\n${tailOf(join(home, 'logs/app.log'))}`,
  ].join('\n');
}

/** Those with the home in their command line: the main process and its renderers. */
function processesOf(home: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOr(`/proc/${pid}/cmdline`, '').includes(home));
}

function describeProcess(pid: string): string {
  const command = readOr(`/proc/${pid}/cmdline`, '').replaceAll('\0', ' ').slice(0, 120);
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => {
    const folder = `/proc/${pid}/task/${thread}`;
    const name = readOr(`${folder}/comm`, 'ended').trim();
    return `  ${thread} ${name}: ${readOr(`${folder}/wchan`, '?')}`;
  });
  return [`${pid} ${command}`, ...threads].join('\n');
}

function tailOf(file: string): string {
  return readOr(file, '(nothing was logged yet)').split('\n').slice(-20).join('\n');
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise; // it ended meanwhile, or was never written
  }
}
