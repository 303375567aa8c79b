// Pictures for the README, made from the real app with its demo: npm run screenshots
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { ensureDesktopBuilt } from './built.mjs';
import { electronArguments, requireElectron } from './setup/run-electron.mjs';

const root = join(import.meta.dirname, '..');
const pictures = join(root, 'resources/screenshots');
const SIZE = { width: 1280, height: 820 };
const PATIENCE_MS = 120_000;

/** @type {{ name: string, address: string, theme: 'light' | 'dark' }[]} */
const screens = [
  { name: 'home', address: '#/', theme: 'light' },
  { name: 'home-dark', address: '#/', theme: 'dark' },
  { name: 'jobs', address: '#/jobs', theme: 'light' },
  { name: 'runs', address: '#/runs', theme: 'light' },
  { name: 'records', address: '#/records', theme: 'light' },
  { name: 'integration', address: '#/integrations/demo-coins', theme: 'light' },
  { name: 'settings-dark', address: '#/settings', theme: 'dark' },
];

if (process.platform === 'linux' && !process.env['DISPLAY']) underDisplay();
else await takePictures();

/** Runs this very script again on a display of its own. */
function underDisplay() {
  const screen = ['-s', '-screen 0 1400x1000x24'];
  const command = ['dbus-run-session', '--', process.execPath, import.meta.filename];
  const { status } = spawnSync('xvfb-run', ['-a', ...screen, ...command], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

async function takePictures() {
  await ensureDesktopBuilt();
  const home = mkdtempSync(join(tmpdir(), 'pontual-screenshots-'));
  mkdirSync(pictures, { recursive: true });
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = requireElectron(root).folder;
  const app = await _electron.launch({
    args: [...electronArguments(root), '--disable-gpu', '--home', home],
    env: { .../** @type {Record<string, string>} */ (process.env), LANGUAGE: 'en' },
  });
  try {
    await app.evaluate(({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    }, SIZE);
    const page = await app.firstWindow();
    const runId = await collectTwice(page);
    for (const { name, address, theme } of screens) await take(page, name, address, theme);
    await take(page, 'run', `#/runs/${runId}`, 'light');
  } finally {
    await app.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/**
 * Starts the demo and waits for two good runs; answers the id of the second.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string>}
 */
async function collectTwice(page) {
  await call(page, 'demo.start', {});
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { items } = await call(page, 'runs.list', { outcome: 'succeeded' });
    if (items.length >= 2) return items[0].id;
    await page.waitForTimeout(500);
  }
  throw new Error('The demo did not bring two good runs.');
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {string} address
 * @param {'light' | 'dark'} theme
 */
async function take(page, name, address, theme) {
  await page.evaluate(
    (wanted) => /** @type {any} */ (globalThis).pontual.desktop.call('preferences.patch', wanted),
    {
      theme,
    },
  );
  await page.evaluate((hash) => {
    /** @type {any} */ (globalThis).location.hash = hash;
  }, address);
  await page.waitForTimeout(800); // a list and its charts have to arrive
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  console.error(`resources/screenshots/${name}.png`);
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} name
 * @param {object} input
 * @returns {Promise<any>}
 */
async function call(page, name, input) {
  const answer = await page.evaluate(
    ([name, input]) => /** @type {any} */ (globalThis).pontual.call(name, input),
    /** @type {[any, any]} */ ([name, input]),
  );
  if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`);
  return /** @type {any} */ (answer).value;
}
