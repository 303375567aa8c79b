// `npm run bench [-- NAME...]`: runs scripts/bench/NAME.mjs (all when none is named) on the built engine.
// Each prints one JSON value on stdout; together they become one JSON object. Progress goes to stderr.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureEngineBuilt } from './built.mjs';

const folder = join(import.meta.dirname, 'bench');
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => basename(file, '.mjs'))
  .sort();
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${known.join(', ')}`);
  process.exit(2);
}

await ensureEngineBuilt();
/** @type {Record<string, unknown>} */
const figures = {};
for (const name of wanted.length > 0 ? wanted : known) {
  console.error(`bench: ${name}`);
  figures[name] = await measure(join(folder, `${name}.mjs`));
}
console.log(JSON.stringify(figures, null, 2));

/**
 * @param {string} script
 * @returns {Promise<unknown>}
 */
function measure(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${script} ended with exit code ${String(code)}`));
    });
  });
}
