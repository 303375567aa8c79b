import { app, clipboard, shell } from 'electron';
import { existsSync, mkdirSync } from 'node:fs';
import type { AppInfo, DesktopHandlers, Preferences } from '../../shared/desktop-contract.ts';
import { PontualError } from '../../shared/errors.ts';
import { keepKeyInFile, type DataKey } from './data-key.ts';
import type { Places } from './launch-options.ts';
import { isTrayShown } from './tray-presence.ts';

export interface DesktopHandlersDeps {
  readonly places: Places;
  readonly dataKey: DataKey;
  readonly preferences: () => Preferences;
  readonly setPreferences: (changes: Partial<Preferences>) => Preferences;
  readonly logFileOf: (runId: string) => Promise<string>;
  /** Ends the program and starts it again. */
  readonly restart: () => void;
  readonly localServerUrl: () => Promise<string | null>;
}

/** What the window may ask of the desktop. Ids and names of places come in, never paths. */
export function desktopHandlers(deps: DesktopHandlersDeps): DesktopHandlers {
  return {
    'app.info': () => appInfo(deps),
    'preferences.get': () => Promise.resolve(deps.preferences()),
    'preferences.patch': (changes) =>
      Promise.resolve(deps.setPreferences(withoutUndefined(changes))),
    'place.open': async ({ place }) => {
      if (place === 'database') shell.showItemInFolder(deps.places.database);
      else await openPath(folder(deps.places[place]));
      return null;
    },
    'log.open': async ({ runId }) => {
      const file = await deps.logFileOf(runId);
      if (!existsSync(file)) {
        throw new PontualError(
          'not-found',
          'The log of this run is gone: logs are kept for a while only.',
        );
      }
      await openPath(file);
      return null;
    },
    'keyring.useFile': () => {
      if (deps.dataKey.keyIn !== 'nowhere') {
        throw new PontualError('conflict', 'The secrets have a key already.');
      }
      keepKeyInFile(deps.places.home);
      deps.restart();
      return Promise.resolve(null);
    },
    'text.copy': async ({ text }) => {
      await clipboard.writeText(text);
      return null;
    },
  };
}

async function appInfo({ places, dataKey, localServerUrl }: DesktopHandlersDeps): Promise<AppInfo> {
  const { electron, chrome, node } = process.versions;
  const url = await localServerUrl();
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
  };
}

function folder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

async function openPath(path: string): Promise<void> {
  const problem = await shell.openPath(path);
  if (problem !== '') throw new PontualError('internal', `${path} could not be opened: ${problem}`);
}

/** A key that is present without a value means "leave it as it is". */
function withoutUndefined<T extends object>(
  changes: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
