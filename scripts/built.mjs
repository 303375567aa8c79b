import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const configuration = ['vite.config.ts', 'svelte.config.js', 'package-lock.json'];

const LOCK_STALE_MS = 120_000;
const LOCK_POLL_MS = 100;

/**
 * Builds the plain-Node entries (1-2 s) when a source is newer than the last build.
 *
 * @param {() => void} [onBuild] Called before it builds.
 */
export async function ensureEngineBuilt(onBuild) {
  await underLock(async () => {
    if (!isStale('engine', ['src/main', 'src/shared'])) return;
    onBuild?.();
    const started = new Date();
    const temporary = join(dist, `.engine-${String(process.pid)}`);
    try {
      await buildEngine(temporary);
      moveInto(temporary, join(dist, 'main'));
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    stamp('engine', started);
  });
}

/**
 * All entries together; when that fails, those that can be built, so that one broken entry does not
 * keep the tests of the others from running.
 *
 * @param {string} outDir
 */
async function buildEngine(outDir) {
  try {
    return await runVite({ mode: 'engine', outDir });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  for (const name of ['headless', 'cli', 'store-thread', 'network-thread', 'compute-thread']) {
    try {
      await runVite({ mode: `engine:${name}`, outDir });
    } catch {
      console.error(`The entry ${name} was not built.`);
    }
  }
}

/**
 * Builds renderer, main, preload and threads when a source is newer than the last build.
 *
 * @param {() => void} [onBuild] Called before it builds.
 */
export async function ensureDesktopBuilt(onBuild) {
  await underLock(async () => {
    if (!isStale('desktop', ['src', 'resources'])) return;
    onBuild?.();
    const started = new Date();
    await runVite({ mode: 'production' });
    stamp('engine', started);
    stamp('desktop', started);
  });
}

/** @param {{ mode: string, outDir?: string }} options */
async function runVite({ mode, outDir }) {
  const { build } = await import('vite');
  await build({
    configFile: join(root, 'vite.config.ts'),
    mode,
    logLevel: 'warn',
    ...(outDir === undefined ? {} : { build: { outDir } }),
  });
}

/**
 * Renames file by file, chunks first: a process that starts meanwhile finds old or new files, never half ones.
 *
 * @param {string} from
 * @param {string} to
 */
function moveInto(from, to) {
  mkdirSync(to, { recursive: true });
  const chunksFirst = readdirSync(from).sort(
    (a, b) => Number(b.startsWith('chunk-')) - Number(a.startsWith('chunk-')),
  );
  for (const file of chunksFirst) renameSync(join(from, file), join(to, file));
}

/**
 * @param {string} name
 * @param {string[]} folders
 */
function isStale(name, folders) {
  const builtAt = modifiedAt(stampFile(name));
  const sources = [...configuration.map((file) => join(root, file)), ...folders.flatMap(filesIn)];
  return builtAt === 0 || sources.some((file) => modifiedAt(file) > builtAt);
}

/** @param {string} folder */
function filesIn(folder) {
  const path = join(root, folder);
  if (modifiedAt(path) === 0) return [];
  return readdirSync(path, { recursive: true }).map((file) => join(path, String(file)));
}

/** @param {string} file */
function modifiedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} name */
function stampFile(name) {
  return join(dist, `.built-${name}`);
}

/**
 * Dated at the start of the build: what was saved while it ran counts as newer.
 *
 * @param {string} name
 * @param {Date} started
 */
function stamp(name, started) {
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampFile(name), '');
  utimesSync(stampFile(name), started, started);
}

/**
 * Two test runs may start together; one builds, the other waits and finds it done.
 *
 * @param {() => Promise<void>} build
 */
async function underLock(build) {
  const lock = join(dist, '.building');
  mkdirSync(dist, { recursive: true });
  while (!tryLock(lock)) await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  try {
    await build();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {string} lock */
function tryLock(lock) {
  if (Date.now() - modifiedAt(lock) > LOCK_STALE_MS) rmSync(lock, { recursive: true, force: true });
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}
