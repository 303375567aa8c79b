import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** @typedef {{ status: number | null, stdout: string }} Ended */

/**
 * Runs a program while other things go on. What it says goes to stderr, unless its stdout is kept; rejects when it
 * cannot be started.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, isQuiet?: boolean, keepsStdout?: boolean, isStuck?: () => boolean, isSaid?: (line: string) => boolean }} [options]
 *   `isStuck` is asked every second; once it is, the program is killed. `isSaid` hears each line of stderr and decides
 *   whether it is passed on.
 * @returns {Promise<Ended>}
 */
export function runProgram(command, args, options = {}) {
  const { cwd, env, isQuiet = false, keepsStdout = false, isStuck = () => false, isSaid } = options;
  const errors = isQuiet ? 'ignore' : isSaid ? 'pipe' : 'inherit';
  const output = isQuiet ? 'ignore' : process.stderr;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', keepsStdout ? 'pipe' : output, errors],
      shell: process.platform === 'win32' && command === 'npm', // there npm is a batch file
    });
    const watch = setInterval(() => {
      if (isStuck()) child.kill('SIGKILL');
    }, 1000);
    let stdout = '';
    child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
    if (isSaid && child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => {
        if (isSaid(line)) console.error(line);
      });
    child.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    child.on('close', (status) => {
      clearInterval(watch);
      resolve({ status, stdout });
    });
  });
}

/**
 * Says yes once a figure has not grown for so long.
 *
 * @param {() => number} figure
 * @param {number} limitMs
 * @param {() => number} [now]
 */
export function stuckAfter(figure, limitMs, now = Date.now) {
  let last = figure();
  let since = now();
  return () => {
    const next = figure();
    if (next !== last) {
      last = next;
      since = now();
    }
    return now() - since > limitMs;
  };
}
