// The app of `npm run dev`. vite-plugin-electron starts it once all its parts are built, and keeps it in the process.

/** @typedef {{ startup: () => Promise<unknown>, reload: () => void }} Hands */

/** @type {Promise<unknown>} */
let starting = Promise.resolve();

/**
 * The main process, or a thread of it, was built: the app starts with it, anew if it runs.
 *
 * @param {Hands} hands
 */
export function mainBuilt({ startup }) {
  starting = starting.then(endApp).then(startup);
}

/**
 * A new preload only needs a new page.
 *
 * @param {Hands} hands
 */
export function preloadBuilt(hands) {
  if (runningApp() === undefined) mainBuilt(hands);
  else hands.reload();
}

/** The next app would find the home still taken: waits until this one has let go of it. */
async function endApp() {
  const app = runningApp();
  if (app === undefined || app.exitCode !== null || app.signalCode !== null) return;
  app.removeAllListeners('exit'); // or its end would end us
  const ended = new Promise((resolve) => app.once('exit', resolve));
  app.kill();
  await ended;
}

/** @returns {import('node:child_process').ChildProcess | undefined} */
function runningApp() {
  return /** @type {any} */ (process).electronApp;
}
