import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram } from './run-program.mjs';

/** What Chromium loads at start, and the package (newer name first) that brings it. */
const libraries = [
  { file: 'libgtk-3.so.0', packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
  { file: 'libnss3.so', packages: ['libnss3'] },
  { file: 'libasound.so.2', packages: ['libasound2t64', 'libasound2'] },
  { file: 'libgbm.so.1', packages: ['libgbm1'] },
  { file: 'libXss.so.1', packages: ['libxss1'] },
  { file: 'libXtst.so.6', packages: ['libxtst6'] },
  { file: 'libnotify.so.4', packages: ['libnotify4'] },
];

/** What the tests need besides: a display, a session bus, another SQLite, system calls that fail, a clock that jumps. */
const programs = [
  { file: 'Xvfb', packages: ['xvfb'] },
  { file: 'xauth', packages: ['xauth'] },
  { file: 'dbus-run-session', packages: ['dbus-daemon', 'dbus'] },
  { file: 'sqlite3', packages: ['sqlite3'] },
  { file: 'strace', packages: ['strace'] },
  { file: 'faketime', packages: ['faketime'] },
];

/**
 * Installs what is missing when it may; says the exact command when it may not. Debian and Ubuntu only.
 *
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureLinuxLibraries(progress) {
  if (process.platform !== 'linux') return;
  const missing = missingParts();
  if (missing.length === 0) return;
  if (spawnSync('apt-get', ['--version']).status !== 0) {
    console.error(`setup: install with your package manager: ${missing.map(nameOf).join(' ')}`);
    return;
  }
  if (process.getuid?.() !== 0) {
    const names = missing.map(availablePackage).join(' ');
    console.error(`setup: run this once, then start again: sudo apt-get install -y ${names}`);
    return;
  }
  const title = `installing Linux packages for ${missing.map(({ file }) => file).join(', ')}`;
  await progress.stage({ title, usually: 'less than a minute' }, () => install(missing));
}

/** @typedef {{ file: string, packages: string[] }} Part */

function missingParts() {
  const known = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '';
  return [
    ...libraries.filter(({ file }) => !known.includes(`\t${file} `) && !isInLibraryFolder(file)),
    ...programs.filter(({ file }) => !isOnPath(file)),
  ];
}

/** @param {string} file */
function isInLibraryFolder(file) {
  return ['/usr/lib', '/usr/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].some(
    (folder) => existsSync(join(folder, file)),
  );
}

/** @param {string} program */
function isOnPath(program) {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** @param {Part[]} missing */
async function install(missing) {
  if (!hasPackageLists()) await apt(['update', '-qq']);
  if ((await apt(installArguments(missing))) === 0) return;
  await apt(['update', '-qq']); // stale lists name versions the mirror no longer has
  if ((await apt(installArguments(missing))) === 0) return;
  throw new Error(
    `apt-get could not install ${missing.map(nameOf).join(' ')}; see the lines above.`,
  );
}

function hasPackageLists() {
  return readdirSync('/var/lib/apt/lists').some((file) => file.endsWith('_Packages'));
}

/** @param {Part[]} missing */
function installArguments(missing) {
  return ['install', '-y', '-qq', '--no-install-recommends', ...missing.map(availablePackage)];
}

/** @param {string[]} args */
async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (await runProgram('apt-get', args, { env, keepsStdout: true })).status;
}

/** @param {Part} part */
function availablePackage(part) {
  const found = part.packages.find((name) =>
    spawnSync('apt-cache', ['show', '--no-all-versions', name], {
      encoding: 'utf8',
    }).stdout?.includes(`Package: ${name}`),
  );
  return found ?? nameOf(part);
}

/** @param {Part} part */
function nameOf({ file, packages }) {
  return packages.at(-1) ?? file;
}
