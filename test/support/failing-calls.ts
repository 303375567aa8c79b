import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many journals a short life of the program makes at most. */
const JOURNALS = 40;

export function canTrace(): boolean {
  return spawnSync('strace', ['-V']).status === 0;
}

export interface FailingCalls {
  /** To be put before the program. */
  readonly wrapper: readonly string[];
  /** The system calls that were made to fail, as strace wrote them down. */
  failed(): readonly string[];
}

/**
 * Makes system calls on the files of a store fail, and on no others. `fault` is strace's own: `fdatasync:error=EIO:when=3`.
 * It counts the calls of each thread by themselves: with `UV_THREADPOOL_SIZE=1` all but the writes come from one.
 */
export function failingCalls(fault: string, home: string, log: string): FailingCalls {
  const call = fault.split(':')[0] ?? '';
  const paths = filesOf(home).flatMap((path) => ['-P', path]);
  // As a grandchild, so that signals reach the program itself.
  const strace = ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-o', log, ...paths];
  return {
    wrapper: [...strace, '-e', `trace=${call}`, '-e', `inject=${fault}`],
    failed: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.includes('(INJECTED)')),
  };
}

function filesOf(home: string): string[] {
  const journals = Array.from(
    { length: JOURNALS },
    (_, at) => `journal-${String(at + 1).padStart(6, '0')}.log`,
  );
  const snapshots = ['pontual.db', 'pontual.previous.db', 'pontual.db.tmp'];
  return [
    home,
    ...[...snapshots, 'MANIFEST', 'MANIFEST.tmp', ...journals].map((name) => join(home, name)),
  ];
}
