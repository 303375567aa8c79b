#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { systemClock } from './engine/clock.ts';

/** The `pontual` command as a process. */

/** The engine in a process of its own, with our terminal and our signals. */
function serve(args: readonly string[]): Promise<number> {
  const file = fileURLToPath(new URL('./headless.js', import.meta.url));
  const engine = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => engine.kill(signal));
  return new Promise((resolve, reject) => {
    engine.once('error', reject);
    engine.once('exit', (code) => resolve(code ?? 1));
  });
}

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal,
  clock: systemClock,
  env: process.env,
  version: packageJson.version,
  threadFile: new URL('./store-thread.js', import.meta.url),
  ask,
  serve,
});
