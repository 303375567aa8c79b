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

/**
 * Arguments that run the app of a folder. Chromium refuses its sandbox to root, so root runs
 * without one, in development only: the packaged app never gets this flag.
 *
 * @param {string} folder
 */
export function electronArguments(folder) {
  return isLinuxRoot() ? ['--no-sandbox', folder] : [folder];
}

export function isLinuxRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0;
}
