// Makes a fresh clone on a fresh machine runnable, and does nothing when there is nothing to do.
// Speaks on stderr: stdout belongs to the command that follows.
// Runs before anything is installed, so it uses Node alone (files beside it that need packages are
// imported only after `npm ci`).
//
//   node scripts/setup.mjs            packages
//   node scripts/setup.mjs --desktop  packages, Linux libraries, and an Electron that runs
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureLinuxLibraries } from './setup/linux-libraries.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { installedMatches, installPackages } from './setup/packages.mjs';
import { createProgress } from './setup/progress.mjs';

const SETUP_VERSION = '1';
const OLDEST_NODE = [20, 18, 1];

const root = join(import.meta.dirname, '..');
const stampFile = join(root, '.cache/setup.json');
const progress = createProgress({
  opening:
    'installing what Pontual needs; once, 2 to 5 minutes with a usual connection. Ctrl+C stops it, the next start goes on.',
});

try {
  requireNode();
  await ensurePackages();
  if (process.argv.includes('--desktop')) {
    await ensureLinuxLibraries(progress);
    await ensureElectron(root, progress);
  }
  progress.end();
} catch (error) {
  console.error(`setup: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function requireNode() {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0, oldestPatch = 0] = OLDEST_NODE;
  const isOld =
    major < oldestMajor ||
    (major === oldestMajor &&
      (minor < oldestMinor || (minor === oldestMinor && patch < oldestPatch)));
  if (isOld) {
    throw new Error(
      `Pontual needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`,
    );
  }
}

async function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const key = createHash('sha256')
    .update(`${SETUP_VERSION} ${process.platform} ${process.arch}\n${lock}`)
    .digest('hex');
  const installed = existsSync(join(root, 'node_modules/.package-lock.json'));
  if (installed && readStamp() === key) return;
  if (!installed || !installedMatches(root, lock)) await installPackages(root, progress);
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify({ key })}\n`);
}

/** @returns {string | null} */
function readStamp() {
  if (!existsSync(stampFile)) return null;
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).key;
  } catch {
    return null; // half-written by an interrupted set-up: as good as none
  }
}
