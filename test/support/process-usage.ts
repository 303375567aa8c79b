import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process holds in memory now, MiB (resident set); Linux only. */
export function memoryMb({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  const [, kb] = /VmRSS:\s+(\d+)/.exec(status) ?? [null, 'NaN'];
  return Number(kb) / 1024;
}

/** Linux counts processor time in hundredths of a second, on every platform that Node runs on. */
const TICK_MS = 10;

/** The processor time that all threads of a process have taken, ms: however busy the machine is. Linux only. */
export function cpuMs({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
