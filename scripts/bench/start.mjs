// From starting the desktop app to a usable window with 100 jobs, and its memory beside an Electron with an empty window.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { ensureDesktopBuilt } from '../built.mjs';
import { electronArguments, requireElectron } from '../setup/run-electron.mjs';
import { freshHome, startEngine } from './parts/engine.mjs';
import { machine, median } from './parts/figures.mjs';

const root = join(import.meta.dirname, '../..');
const JOBS = 100;
const ROUNDS = 5;
const SETTLE_MS = 8000;

if (process.platform === 'linux' && !process.env['DISPLAY']) {
  const command = ['dbus-run-session', '--', process.execPath, import.meta.filename];
  const { status } = spawnSync('xvfb-run', ['-a', ...command], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} else {
  await measure();
}

async function measure() {
  await ensureDesktopBuilt();
  const { home, remove } = await freshHome();
  const emptyApp = makeEmptyApp();
  try {
    await registerJobs(home);
    const starts = [];
    for (let round = 0; round < ROUNDS; round++) starts.push(await timeStart(home));
    const app = await memoryOf(['--home', home]);
    const empty = await memoryOf([], emptyApp);
    const result = {
      bench: 'start',
      machine: machine(home),
      jobs: JOBS,
      usableWindowMs: { median: Math.round(median(starts)), all: starts.map(Math.round) },
      memoryMiB: { app, emptyWindow: empty, above: app - empty },
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    rmSync(emptyApp, { recursive: true, force: true });
    await remove();
  }
}

async function registerJobs(home) {
  const engine = await startEngine(home);
  const request = { url: 'http://127.0.0.1:9/items' };
  await engine.request('POST', '/integrations', { id: 'items', name: 'Items', request });
  const schedule = { kind: 'cron', expression: '0 3 * * *' };
  for (let index = 0; index < JOBS; index++)
    await engine.request('POST', '/jobs', {
      id: `job-${index}`,
      name: `Job number ${index}`,
      integrationId: 'items',
      schedule,
    });
  await engine.quit();
}

function launch(args, folder = root) {
  return _electron.launch({
    executablePath: requireElectron(root).executable,
    args: [...electronArguments(folder), '--disable-gpu', ...args],
  });
}

/** Usable: the window shows the jobs that the engine knows. */
async function timeStart(home) {
  const from = performance.now();
  const app = await launch(['--home', home]);
  const page = await app.firstWindow();
  await page.getByText('Job number 1', { exact: true }).first().waitFor();
  const took = performance.now() - from;
  await app.close();
  return took;
}

/** Proportional set size of all its processes, in MiB, so that shared pages count once. */
async function memoryOf(args, folder) {
  const app = await launch(args, folder);
  await app.firstWindow();
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const pids = await app.evaluate(({ app }) => app.getAppMetrics().map(({ pid }) => pid));
  const kib = pids.map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? NaN);
  });
  await app.close();
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1024);
}

function makeEmptyApp() {
  const folder = mkdtempSync(join(root, '.cache', 'empty-app-'));
  const code = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1200, height: 800 }).loadURL('data:text/html,<p>empty</p>'));
`;
  writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "main": "main.js" }');
  writeFileSync(join(folder, 'main.js'), code);
  return folder;
}
