// Everything that can be said about the sources without running them; one line a part.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** @type {{ part: string, command: string[] }[]} */
const parts = [
  { part: 'lint and import cycles', command: ['eslint', '.', '--max-warnings', '0'] },
  {
    part: 'types: renderer',
    command: ['svelte-check', '--tsconfig', 'tsconfig.web.json', '--fail-on-warnings'],
  },
  { part: 'formatting', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { part: 'types: tests', command: ['tsc', '-p', 'tsconfig.test.json'] },
  { part: 'types: node', command: ['tsc', '-p', 'tsconfig.node.json'] },
  { part: 'types: shared', command: ['tsc', '-p', 'tsconfig.shared.json'] },
  { part: 'dead code', command: ['knip'] },
];

// The longest first, as many at once as there are processors; told in the order in which they end.
const waiting = [...parts];
let failed = 0;
await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(failed === 0 ? 'check: all good' : `check: ${failed} of ${parts.length} parts failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await checkPart(next);
}

/** @param {{ part: string, command: string[] }} what */
async function checkPart({ part, command }) {
  const started = performance.now();
  const { code, output } = await run(command);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code !== 0) failed += 1;
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${part} (${seconds} s)`);
  if (code !== 0) console.log(output);
}

/**
 * @param {string[]} command
 * @returns {Promise<{ code: number, output: string }>}
 */
function run([program = '', ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, 'node_modules/.bin', program), args, {
      cwd: root,
      shell: process.platform === 'win32',
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => (output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
