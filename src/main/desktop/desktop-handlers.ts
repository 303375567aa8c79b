import { app, clipboard, dialog, shell } from 'electron';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractHandlers } from '../../shared/contract.ts';
import type {
  AppInfo,
  DesktopFilledInput,
  DesktopHandlers,
  Preferences,
} from '../../shared/desktop-contract.ts';
import { PontualError } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { say, spoken } from '../../shared/sentences.ts';
import { systemClock } from '../engine/clock.ts';
import { loadToken } from '../server/token-file.ts';
import { keepKeyInFile } from '../engine/secrets/key-file.ts';
import type { DataKey } from './data-key.ts';
import type { Places } from './launch-options.ts';
import { exportRecords } from './record-file.ts';
import type { ServerState } from './server-switch.ts';
import { openFile, openFolder, showFile } from './show-place.ts';
import { isTrayShown } from './tray-presence.ts';

export interface DesktopHandlersDeps {
  readonly places: Places;
  readonly dataKey: DataKey;
  readonly preferences: () => Preferences;
  readonly setPreferences: (changes: PreferenceChanges) => Promise<Preferences>;
  readonly logFileOf: (runId: string) => Promise<string>;
  readonly listRecords: ContractHandlers['records.list'];
  /** Ends the program and starts it again. */
  readonly restart: () => void;
  readonly localServer: () => Promise<ServerState>;
  /** The window's language. */
  readonly locale: () => Locale;
}

/** What a person changes at once; absent is left as it is. */
export type PreferenceChanges = DesktopFilledInput<'preferences.patch'>;

/** What the window may ask of the desktop. Ids and names of places come in, never paths. */
export function desktopHandlers(deps: DesktopHandlersDeps): DesktopHandlers {
  return {
    'app.info': () => appInfo(deps),
    'preferences.get': () => Promise.resolve(deps.preferences()),
    'preferences.patch': (changes) => deps.setPreferences(changes),
    'place.open': async ({ place }) => {
      if (place === 'database') return showFile(deps.places.database, shell);
      return openFolder(made(deps.places[place]), shell);
    },
    'log.open': async ({ runId }) => {
      const file = await deps.logFileOf(runId);
      if (!existsSync(file)) {
        throw new PontualError('not-found', say('logGone'));
      }
      return openFile(file, shell);
    },
    'records.export': (wanted) =>
      exportRecords(wanted, {
        list: deps.listRecords,
        askPath: askPathFor,
        clock: systemClock,
        locale: deps.locale(),
      }),
    'keyring.useFile': () => {
      if (deps.dataKey.keyIn !== 'nowhere') {
        throw new PontualError('conflict', say('keyExists'));
      }
      keepKeyInFile(deps.places.home);
      deps.restart();
      return Promise.resolve(null);
    },
    'localServer.copyToken': async () => {
      await clipboard.writeText(await loadToken(deps.places.home));
      return null;
    },
    'localServer.openDocs': async () => {
      const { url, problem } = await deps.localServer();
      if (url === null) throw new PontualError('conflict', problem ?? say('serverOff'));
      await shell.openExternal(`${url}/docs`);
      return null;
    },
    'text.copy': async ({ text }) => {
      await clipboard.writeText(text);
      return null;
    },
  };
}

/** The dialog of the desktop, which asks before it lets a file be overwritten. */
async function askPathFor(name: string, format: 'csv' | 'jsonl'): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({
    defaultPath: join(app.getPath('documents'), name),
    filters: [{ name: format === 'csv' ? 'CSV' : 'JSON lines', extensions: [format] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return canceled || filePath === '' ? null : filePath;
}

async function appInfo({
  places,
  dataKey,
  localServer,
  locale,
}: DesktopHandlersDeps): Promise<AppInfo> {
  const { electron, chrome, node } = process.versions;
  const { url, problem } = await localServer();
  return {
    version: app.getVersion(),
    electron,
    node,
    chromium: chrome,
    platform: process.platform,
    home: places.home,
    logs: places.logs,
    database: places.database,
    systemLanguages: app.getPreferredSystemLanguages(),
    trayAvailable: await isTrayShown(),
    keyring: {
      available: dataKey.isKeyring,
      backend: dataKey.backend,
      keyIn: dataKey.keyIn,
    },
    localServer: url === null ? null : { url },
    localServerProblem: problem && spoken(problem, locale()),
  };
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}
