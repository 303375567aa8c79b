import { app, dialog } from 'electron';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Preferences } from '../shared/desktop-contract.ts';
import { asError } from '../shared/errors.ts';
import { resolveLocale } from '../shared/i18n/index.ts';
import { say, spoken, toldBy } from '../shared/sentences.ts';
import { registerAppScheme, serveApp } from './desktop/app-protocol.ts';
import { openDataKey } from './desktop/data-key.ts';
import { DesktopApp } from './desktop/desktop-app.ts';
import { DesktopStateFile } from './desktop/desktop-state.ts';
import { placesIn, readLaunchOptions, type LaunchOptions } from './desktop/launch-options.ts';
import { SlowStart } from './desktop/slow-start.ts';
import { giveBackSoon } from './desktop/spare-memory.ts';
import { systemClock } from './engine/clock.ts';
import { prepareHome } from './home.ts';

// The life of the desktop app: options, one instance a home, ready, signals, quit.

const EXIT = { ok: 0, error: 1, usage: 2, homeInUse: 3 };

const built = dirname(fileURLToPath(import.meta.url));
const root = join(built, '../..');

// Whoever started this process may wait to hear that our code runs at all.
process.send?.('running');
const launch = launchOptions();
if (launch) startOrSay(launch);

function launchOptions(): LaunchOptions | null {
  try {
    return readLaunchOptions(process.argv.slice(1), process.env);
  } catch (error) {
    process.stderr.write(`${asError(error).message}\n`);
    app.exit(EXIT.usage);
    return null;
  }
}

function startOrSay(options: LaunchOptions): void {
  try {
    start(options);
  } catch (error) {
    process.stderr.write(`Pontual could not start: ${asError(error).message}\n`);
    app.exit(EXIT.error);
  }
}

function start(options: LaunchOptions): void {
  const places = placesIn(options.home);
  prepareHome(places.home);
  // One instance a home: Electron keeps its lock in this folder, so it must be set before asking.
  app.setPath('userData', places.home);
  mkdirSync(places.browser, { recursive: true });
  app.setPath('sessionData', places.browser);
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write(`Pontual already runs in ${places.home}: its window is shown.\n`);
    app.exit(EXIT.ok);
    return;
  }
  registerAppScheme();
  // For the page alone, this process has its V8 already: the window shows lists, it computes nothing.
  const flags = `${app.commandLine.getSwitchValue('js-flags')} --optimize-for-size`;
  app.commandLine.appendSwitch('js-flags', flags.trim());
  const state = new DesktopStateFile(places.desktopState);
  const slowStart = new SlowStart(systemClock, (sentence) => process.stderr.write(`${sentence}\n`));
  const ready = app.whenReady();
  speakLanguage(state.current.preferences.language, ready);
  slowStart.waitFor('Electron to be ready', ready);
  // Not awaited: an ES module that waits for `ready` at its top level would keep `ready` from coming.
  ready.then(() => open(options, state, slowStart), fail);
}

/**
 * Chromium's own language, which decides how date and time fields look; it is fixed at the start. On Linux it asks the
 * environment before the switch, which is given back because the system's languages are asked there later.
 */
function speakLanguage(language: Preferences['language'], ready: Promise<void>): void {
  if (language === 'system') return;
  app.commandLine.appendSwitch('lang', language);
  const { LANGUAGE } = process.env;
  if (process.platform !== 'linux' || LANGUAGE === undefined) return;
  process.env['LANGUAGE'] = language.replace('-', '_');
  void ready.then(() => (process.env['LANGUAGE'] = LANGUAGE));
}

function open(options: LaunchOptions, state: DesktopStateFile, slowStart: SlowStart): void {
  const places = placesIn(options.home);
  serveApp(join(root, 'dist/renderer'));
  const dataKey = openDataKey(options.home, process.env);
  // Loaded while the window already starts: it is most of the code.
  const program = import('./desktop/program.ts').then(({ startProgram }) =>
    startProgram(options, dataKey.key, () => desktop.restart()),
  );
  program.then(() => giveBackSoon(systemClock), fail);
  slowStart.waitFor(`the store in ${places.home} to open`, program);
  const desktop = new DesktopApp({
    places,
    state,
    dataKey,
    preload: join(built, 'preload.cjs'),
    resources: join(root, 'resources'),
    program,
    port: options.port,
  });
  listen(desktop);
  if (options.isHidden) return;
  desktop.open();
  slowStart.waitFor('the window to load', desktop.shown());
}

function listen(desktop: DesktopApp): void {
  app.on('second-instance', () => desktop.open());
  app.on('activate', () => desktop.open());
  // The program lives on in the tray; Electron would quit here by itself.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    event.preventDefault(); // Electron waits for nothing; leaving exits by itself when it is done
    void desktop.leave();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => void desktop.leave());
  }
}

/** The program cannot start: says why, on the screen and on stderr. */
function fail(thrown: unknown): void {
  const told = toldBy(thrown);
  const locale = resolveLocale('system', app.getPreferredSystemLanguages());
  process.stderr.write(`Pontual could not start: ${told.message}\n`);
  const code = isHomeInUse(thrown) ? EXIT.homeInUse : EXIT.error;
  void dialog
    .showMessageBox({
      type: 'error',
      title: 'Pontual',
      message: spoken(say('couldNotStart'), locale),
      detail: spoken(told, locale),
    })
    .finally(() => app.exit(code));
}

function isHomeInUse(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'home-in-use';
}
