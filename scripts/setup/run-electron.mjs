import { join } from 'node:path';
import { findElectron } from './electron.mjs';

/**
 * The Electron that the set-up chose.
 *
 * @param {string} root
 */
export function requireElectron(root) {
  const electron = findElectron(root);
  if (electron === null) {
    throw new Error('No Electron is set up: run node scripts/setup.mjs --desktop');
  }
  return electron;
}

const root = join(import.meta.dirname, '../..');

/**
 * Arguments that run the app of a folder, in development only: the packaged app gets none of them. Chromium refuses
 * its sandbox to root, so root runs without one. In the substitute's Node a thread that ends waits for all of V8's
 * background tasks, and one that compiles may wait for that very thread to collect garbage (nodejs/node#54918); without
 * background tasks no thread hangs at its end.
 *
 * @param {string} folder
 */
export function electronArguments(folder) {
  return [
    ...(isLinuxRoot() ? ['--no-sandbox'] : []),
    ...(findElectron(root)?.isFallback ? ['--js-flags=--single-threaded'] : []),
    folder,
  ];
}

export function isLinuxRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0;
}
