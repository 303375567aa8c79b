import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { homeFolder } from '../home.ts';

/** How the app was started. */
export interface LaunchOptions {
  readonly home: string;
  /** Switches the local server on; null leaves it to the settings. */
  readonly port: number | null;
  /** Started at login: into the tray, without a window. */
  readonly isHidden: boolean;
}

const HIGHEST_PORT = 65_535;

/**
 * Reads `--home DIR`, `--port N` and `--hidden` among whatever switches Chromium got besides.
 * Throws a sentence when a value makes no sense.
 */
export function readLaunchOptions(args: readonly string[], env: NodeJS.ProcessEnv): LaunchOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      home: { type: 'string' },
      port: { type: 'string' },
      hidden: { type: 'boolean' },
    },
  });
  return {
    home: homeFolder(textOr(values.home, '--home') ?? undefined, env),
    port: readPort(textOr(values.port, '--port')),
    isHidden: values.hidden === true,
  };
}

function textOr(value: string | boolean | undefined, name: string): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${name} needs a value.`);
}

function readPort(text: string | null): number | null {
  if (text === null) return null;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= HIGHEST_PORT) return port;
  throw new Error(`--port takes a number from 0 to ${HIGHEST_PORT}, not '${text}'.`);
}

/** Where things are in a home. */
export function placesIn(home: string) {
  return {
    home,
    logs: join(home, 'logs'),
    backups: join(home, 'backups'),
    database: join(home, 'pontual.db'),
    desktopState: join(home, 'desktop.json'),
    /** Chromium's own caches. */
    browser: join(home, 'browser'),
  } as const;
}
export type Places = ReturnType<typeof placesIn>;
