// The desktop app with 100 jobs: from its start to a window that answers, and its memory when nothing happens,
// beside an Electron that shows an empty window. Needs a display; makes one on Linux where there is none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { ensureDesktopBuilt } from '../built.mjs';
import { electronArguments, requireElectron } from '../setup/run-electron.mjs';
import { freshHome, startEngine } from './parts/engine.mjs';

const JOBS = 100;
const STARTS = 5;
const IDLE_MS = 8000;
const MIB = 1024;

const root = join(import.meta.dirname, '../..');

if (process.platform === 'linux' && !process.env.DISPLAY) {
  const command = ['dbus-run-session', '--', process.execPath, import.meta.filename];
  const { status } = spawnSync('xvfb-run', ['-a', ...command], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  console.log(JSON.stringify(await measure()));
}

async function measure() {
  await ensureDesktopBuilt();
  mkdirSync(join(root, '.cache'), { recursive: true });
  process.env.ELECTRON_OVERRIDE_DIST_PATH = requireElectron(root).folder;
  const { home, remove } = await freshHome();
  const blank = blankApp();
  try {
    await registerJobs(home);
    const starts = [];
    for (let start = 0; start < STARTS; start += 1) starts.push(await startOnce(home));
    const startMs = starts.map(({ ms }) => ms).sort((a, b) => a - b);
    const [emptyMib, idleMib] = await idleMemory([
      electronArguments(blank),
      [...electronArguments(root), '--home', home],
    ]);
    return {
      electron: requireElectron(root).version,
      jobs: JOBS,
      startToUsableMs: { median: startMs[Math.floor(STARTS / 2)], all: startMs },
      idleMib,
      emptyWindowMib: emptyMib,
      idleAboveEmptyMib: round(idleMib - emptyMib),
    };
  } finally {
    rmSync(blank, { recursive: true, force: true });
    await remove();
  }
}

/** Jobs that never become due here: what is measured is the app, not the work. */
async function registerJobs(home) {
  const engine = await startEngine(home);
  for (let number = 1; number <= JOBS; number += 1) {
    const id = `api-${number}`;
    await engine.request('POST', '/integrations', {
      id,
      name: `API ${number}`,
      request: { url: `http://127.0.0.1:9/items/${number}` },
      key: ['id'],
    });
    await engine.request('POST', '/jobs', {
      id,
      name: `Collect API ${number}`,
      integrationId: id,
      schedule: { kind: 'cron', expression: '0 0 1 1 *', timeZone: 'UTC' },
    });
  }
  await engine.quit();
}

/** From the start of the process until the jobs are on the screen and the engine answers. */
async function startOnce(home) {
  const started = performance.now();
  const app = await _electron.launch({ args: [...electronArguments(root), '--home', home] });
  const page = await app.firstWindow();
  await page.getByRole('navigation').first().waitFor();
  await page.evaluate(() => globalThis.pontual.call('overview', {}));
  const ms = Math.round(performance.now() - started);
  await app.close();
  return { ms };
}

/**
 * In MiB, at the same moment: what programs share is split among all that run, another Electron of the machine included,
 * so figures that were taken one after the other could not be compared.
 */
async function idleMemory(starts) {
  const apps = [];
  for (const args of starts) apps.push(await _electron.launch({ args }));
  await Promise.all(apps.map((app) => app.firstWindow()));
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const mib = apps.map((app) => round(memoryOfTree(app.process().pid) / MIB));
  await Promise.all(apps.map((app) => app.close()));
  return mib;
}

/** Proportional set size of a process and all below it, in KiB: memory that is shared counts once. */
function memoryOfTree(pid) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family.reduce((sum, member) => sum + proportionalSetSize(member), 0);
}

function parentOf(pid) {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // ended meanwhile
  }
}

function proportionalSetSize(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function blankApp() {
  const folder = mkdtempSync(join(tmpdir(), 'pontual-blank-'));
  const manifest = { name: 'blank', version: '0.0.0', main: 'main.js', type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'main.js'),
    `import { app, BrowserWindow } from 'electron';
     app.setPath('userData', ${JSON.stringify(join(folder, 'data'))});
     app.whenReady().then(() => new BrowserWindow({ width: 1200, height: 800 }).loadURL('about:blank'));`,
  );
  return folder;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
