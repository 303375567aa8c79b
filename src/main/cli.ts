#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
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

/** One reader for all questions: what is piped in arrives at once, and a second reader would miss it. */
let answers: { readonly reader: Interface; readonly lines: AsyncIterator<string> } | null = null;

/** What was typed; empty when nobody is there to type. */
async function ask(question: string): Promise<string> {
  if (answers === null) {
    const reader = createInterface({ input: process.stdin });
    answers = { reader, lines: reader[Symbol.asyncIterator]() };
  }
  process.stderr.write(question);
  const line = await answers.lines.next();
  if (line.done !== true) return line.value.trim();
  process.stderr.write('\n');
  return '';
}

// Whoever reads our output, such as `head`, may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal,
  clock: systemClock,
  env: process.env,
  version: packageJson.version,
  threadFile: new URL('./store-thread.js', import.meta.url),
  ask,
  serve,
});
// TypeScript does not see that `ask` sets it.
(answers as { readonly reader: Interface } | null)?.reader.close();
