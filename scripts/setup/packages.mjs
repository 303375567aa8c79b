import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.mjs';

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Locked */

// Each package that npm loads is a line of its level `http`.
const ARGS = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=http'];
const LOADED = /^npm http fetch GET 200 \S+\.tgz /;

/**
 * Installs the packages of package-lock.json.
 *
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function installPackages(root, progress) {
  const wanted = packagesOf(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const total = Object.entries(wanted).filter(([path, { optional }]) => path && !optional).length;
  let loaded = 0;
  const stage = {
    title: 'installing the packages of package-lock.json with npm',
    usually: '1 to 2 minutes',
    figure: () =>
      loaded < total ? `${loaded} of ${total} packages loaded` : 'all loaded, unpacking',
  };
  await progress.stage(stage, async () => {
    const { status } = await runProgram('npm', ARGS, {
      cwd: root,
      isSaid: (line) => {
        if (LOADED.test(line)) loaded += 1;
        return !/^npm (?:http|warn|notice)\b/.test(line);
      },
    });
    if (status !== 0) throw new Error(`'npm ${ARGS.join(' ')}' failed; see the lines above.`);
  });
}

/**
 * `npm install` has already done the work when npm's own list of what is installed agrees with the
 * lock file (packages of other platforms are in the lock file only).
 *
 * @param {string} root
 * @param {string} lockText
 */
export function installedMatches(root, lockText) {
  const installed = packagesOf(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.entries(packagesOf(lockText)).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

/**
 * @param {string} lockText
 * @returns {Locked}
 */
function packagesOf(lockText) {
  return JSON.parse(lockText).packages;
}
