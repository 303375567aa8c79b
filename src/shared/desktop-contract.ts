import { z } from 'zod';
import {
  command,
  type Api,
  type FilledInputOf,
  type Handlers,
  type InputOf,
  type OutputOf,
} from './command.ts';
import { changeSchema } from './record.ts';
import { countSchema, idSchema } from './values.ts';

/**
 * What only the desktop app can do, said once: the window's `desktop` api and the IPC handlers are derived from this
 * table. It is not part of REST; `path` only names the command. Commands take ids and names of places, never paths.
 */

export const LANGUAGES = ['system', 'en', 'pt-BR'] as const;
export const THEMES = ['system', 'light', 'dark'] as const;
/** Places of the home that the file manager can show. */
export const PLACES = ['home', 'logs', 'backups', 'database'] as const;

/** The local server on this computer: off unless the person wants it. */
export const localServerSchema = z.strictObject({
  enabled: z.boolean(),
  /** 0: any that is free. */
  port: z.number().int().min(0).max(65_535),
});
const DEFAULT_LOCAL_SERVER = { enabled: false, port: 8085 };

export const preferencesSchema = z.strictObject({
  language: z.enum(LANGUAGES).default('system'),
  theme: z.enum(THEMES).default('system'),
  /** Closing the window keeps the program running in the tray. */
  closeToTray: z.boolean().default(true),
  startAtLogin: z.boolean().default(false),
  localServer: localServerSchema.default(DEFAULT_LOCAL_SERVER),
});
export type Preferences = z.output<typeof preferencesSchema>;
export const DEFAULT_PREFERENCES: Preferences = {
  language: 'system',
  theme: 'system',
  closeToTray: true,
  startAtLogin: false,
  localServer: DEFAULT_LOCAL_SERVER,
};

export const appInfoSchema = z.strictObject({
  version: z.string(),
  electron: z.string(),
  node: z.string(),
  chromium: z.string(),
  platform: z.string(),
  /** Folders and files, as the person would look for them. */
  home: z.string(),
  logs: z.string(),
  database: z.string(),
  /** Languages of the machine, most wanted first (BCP 47). */
  systemLanguages: z.array(z.string()),
  trayAvailable: z.boolean(),
  /** What seals the secrets. `keyIn` nowhere: none can be stored; the person has to be told and asked. */
  keyring: z.strictObject({
    available: z.boolean(),
    backend: z.string(),
    keyIn: z.enum(['keyring', 'file', 'nowhere']),
  }),
  /** Where the local server listens; null while it does not. */
  localServer: z.strictObject({ url: z.string() }).nullable(),
  /** Why it does not listen although it should. */
  localServerProblem: z.string().nullable(),
});
export type AppInfo = z.output<typeof appInfoSchema>;

/** How far a desktop came with what was to be opened: where it could do nothing, a person can still go there. */
export const shownSchema = z.strictObject({
  shown: z.enum(['itself', 'folder', 'nothing']),
  path: z.string(),
});
export type Shown = z.output<typeof shownSchema>;

const noInput = z.strictObject({});
const nothing = z.null();

export const desktopContract = {
  'app.info': command({
    doc: 'Versions, places and abilities of this installation.',
    method: 'GET',
    path: '/app',
    input: noInput,
    output: appInfoSchema,
  }),
  'preferences.get': command({
    doc: 'The preferences of this computer.',
    method: 'GET',
    path: '/preferences',
    input: noInput,
    output: preferencesSchema,
  }),
  'preferences.patch': command({
    doc: 'Changes some preferences; they take effect before the answer.',
    method: 'PATCH',
    path: '/preferences',
    input: z.strictObject({
      language: z.enum(LANGUAGES).optional(),
      theme: z.enum(THEMES).optional(),
      closeToTray: z.boolean().optional(),
      startAtLogin: z.boolean().optional(),
      localServer: localServerSchema.partial().optional(),
    }),
    output: preferencesSchema,
  }),
  'place.open': command({
    doc: 'Shows a folder of the home, or the database in its folder, in the file manager.',
    method: 'POST',
    path: '/open',
    input: z.strictObject({ place: z.enum(PLACES) }),
    output: shownSchema,
  }),
  'log.open': command({
    doc: "Opens the TXT log that holds a run's lines with the program for text files; without one, shows its folder.",
    method: 'POST',
    path: '/open-log',
    input: z.strictObject({ runId: z.string().min(1).max(64) }),
    output: shownSchema,
  }),
  'records.export': command({
    doc: 'Asks where to, and writes the whole list of records there; a path of null: nowhere, after all.',
    method: 'POST',
    path: '/records/export',
    input: z.strictObject({
      format: z.enum(['csv', 'jsonl']),
      integrationId: idSchema.optional(),
      change: changeSchema.optional(),
      writtenBy: z.string().max(64).optional(),
      q: z.string().max(200).optional(),
    }),
    output: z.strictObject({ path: z.string().nullable(), records: countSchema }),
  }),
  'keyring.useFile': command({
    doc: 'Keeps the key of the secrets in a file of the home, where no keyring can; the program starts again with it.',
    method: 'POST',
    path: '/keyring/use-file',
    input: noInput,
    output: nothing,
  }),
  'localServer.copyToken': command({
    doc: "Puts the local server's token on the clipboard; no window ever holds it.",
    method: 'POST',
    path: '/local-server/copy-token',
    input: noInput,
    output: nothing,
  }),
  'localServer.openDocs': command({
    doc: "Opens the local server's documentation in the browser.",
    method: 'POST',
    path: '/local-server/open-docs',
    input: noInput,
    output: nothing,
  }),
  'text.copy': command({
    doc: 'Puts text on the clipboard.',
    method: 'POST',
    path: '/copy',
    input: z.strictObject({ text: z.string().max(1024 * 1024) }),
    output: nothing,
  }),
};

export type DesktopContract = typeof desktopContract;
export type DesktopCommandName = keyof DesktopContract;
export type DesktopInput<N extends DesktopCommandName> = InputOf<DesktopContract, N>;
export type DesktopFilledInput<N extends DesktopCommandName> = FilledInputOf<DesktopContract, N>;
export type DesktopOutput<N extends DesktopCommandName> = OutputOf<DesktopContract, N>;
export type DesktopApi = Api<DesktopContract>;
export type DesktopHandlers = Handlers<DesktopContract>;

/** What the desktop tells its window. */
export type DesktopEvent =
  /** Show a screen: the tray opened a run, a second start came. `path` as in the window's address: `/runs/01H...`. */
  | { readonly name: 'navigate'; readonly path: string }
  | { readonly name: 'preferences.changed'; readonly preferences: Preferences }
  /** Events of the engine were left out (the window was hidden, or too many came): load again what is shown. */
  | { readonly name: 'reset' };
