// Starts the desktop app from the sources: `npm start -- --home DIR --port N`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureDesktopBuilt } from './built.mjs';
import { electronArguments, isLinuxRoot, requireElectron } from './setup/run-electron.mjs';

const root = join(import.meta.dirname, '..');
const PATIENCE_MS = 20_000;

if (hasNoDisplay()) {
  console.error(
    'There is no display here (DISPLAY and WAYLAND_DISPLAY are empty), so no window can open. The same engine runs without one: npm run headless',
  );
  process.exit(1);
}

await ensureDesktopBuilt(() => console.error('Building the app from its sources (about 20 s)'));
const electron = requireElectron(root);
console.error(
  electron.isFallback
    ? `Starting on Electron ${electron.version}, a substitute for development (the official one could not be downloaded)`
    : `Starting on Electron ${electron.version}`,
);
if (isLinuxRoot()) {
  console.error('Running as root, so without the Chromium sandbox (for development only)');
}
const app = spawn(electron.executable, [...electronArguments(root), ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// The app itself says what a slow start waits for, once its code runs; before that only we can.
const silence = setTimeout(() => {
  console.error(
    `Electron (process ${app.pid}) has not run the app after ${PATIENCE_MS / 1000} s. Stop it with Ctrl+C; with ELECTRON_ENABLE_LOGGING=1 it says more.`,
  );
}, PATIENCE_MS);
app.on('message', () => clearTimeout(silence));
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => app.kill(signal));
}
app.on('exit', (code, signal) => {
  clearTimeout(silence);
  process.exitCode = code ?? (signal === null ? 1 : 128);
});

function hasNoDisplay() {
  return process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
}
