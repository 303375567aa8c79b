import type { Answer, Bridge } from '../../src/shared/bridge.ts';
import type { CommandTable, Handlers } from '../../src/shared/command.ts';
import { contract, type CommandInput, type CommandName } from '../../src/shared/contract.ts';
import {
  DEFAULT_PREFERENCES,
  desktopContract,
  type AppInfo,
  type DesktopEvent,
  type DesktopHandlers,
  type Shown,
} from '../../src/shared/desktop-contract.ts';
import { asError, invalid, PontualError } from '../../src/shared/errors.ts';
import { inputProblems } from '../../src/shared/input-problems.ts';
import type { PontualEvent } from '../../src/shared/events.ts';
import { changedPreferences } from '../../src/main/desktop/preference-changes.ts';
import { createFakeEngine, type FakeEngine, type FakeEngineOptions } from './fake/fake-engine.ts';

export interface FakeBridge extends Bridge {
  /** What stands behind it, to look at and to change. */
  readonly engine: FakeEngine;
  /** Every call in order, with the input as it was given. */
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  /** The inputs of one command's calls. */
  inputsOf<N extends CommandName>(name: N): readonly CommandInput<N>[];
  emit(event: PontualEvent): void;
  emitDesktop(event: DesktopEvent): void;
  /** From now on a command is refused with this error; null makes it work again. */
  refuse(name: string, error: PontualError | null): void;
}

export interface FakeBridgeOptions extends Partial<FakeEngineOptions> {
  /** How far the desktop comes with what is to be opened. */
  readonly desktopShows?: Shown['shown'];
}

/**
 * The window's other side, in memory: the same type as the preload's bridge, with inputs checked by the same
 * contract. It knows nothing of threads, disks and networks; its schedules are computed by the engine's own code.
 */
export function createFakeBridge(options: FakeBridgeOptions = {}): FakeBridge {
  const listeners = new Set<(event: PontualEvent) => void>();
  const desktopListeners = new Set<(event: DesktopEvent) => void>();
  const calls: { name: string; input: unknown }[] = [];
  const refusals = new Map<string, PontualError>();
  const emit = (event: PontualEvent) => listeners.forEach((listener) => listener(event));
  const engine = createFakeEngine({ now: Date.now, jobsAndRuns: 'many', ...options }, emit);
  const desktop = fakeDesktop(options.desktopShows ?? 'itself');

  async function call(table: CommandTable, handlers: object, name: string, input: unknown) {
    calls.push({ name, input });
    await Promise.resolve();
    const refusal = refusals.get(name);
    if (refusal) return { ok: false, error: refusal.body };
    return answer(table, handlers as Handlers<CommandTable>, name, input);
  }

  return {
    engine,
    calls,
    emit,
    // The table ties names to inputs and outputs; the types of Bridge say so to the callers.
    call: (name, input) => call(contract, engine.handlers, name, input) as never,
    on: (listener) => subscribe(listeners, listener),
    desktop: {
      call: (name, input) => call(desktopContract, desktop, name, input) as never,
      on: (listener) => subscribe(desktopListeners, listener),
    },
    inputsOf: (name) => calls.filter((one) => one.name === name).map((one) => one.input as never),
    emitDesktop: (event) => desktopListeners.forEach((listener) => listener(event)),
    refuse: (name, error) => {
      if (error) refusals.set(name, error);
      else refusals.delete(name);
    },
  };
}

async function answer(
  table: CommandTable,
  handlers: Handlers<CommandTable>,
  name: string,
  input: unknown,
): Promise<Answer<unknown>> {
  try {
    const handler = handlers[name];
    const checked = table[name]?.input.safeParse(input);
    if (!handler || !checked) throw new Error(`The fake has no '${name}'.`);
    if (!checked.success) throw invalid(inputProblems(checked.error));
    return { ok: true, value: await handler(checked.data, { via: 'gui' }) };
  } catch (thrown) {
    const error = asError(thrown);
    const known =
      error instanceof PontualError ? error : new PontualError('internal', error.message);
    return { ok: false, error: known.body };
  }
}

function subscribe<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

const APP_INFO: AppInfo = {
  version: '0.1.0',
  electron: '45.4.1',
  node: '24.4.1',
  chromium: '150.0.7871.46',
  platform: 'linux',
  home: '/home/ana/.config/Pontual',
  logs: '/home/ana/.config/Pontual/logs',
  database: '/home/ana/.config/Pontual/pontual.db',
  systemLanguages: ['en-US'],
  trayAvailable: true,
  keyring: { available: true, backend: 'gnome_libsecret', keyIn: 'keyring' },
  localServer: null,
  localServerProblem: null,
};

function fakeDesktop(desktopShows: Shown['shown']): DesktopHandlers {
  let preferences = DEFAULT_PREFERENCES;
  const done = () => Promise.resolve(null);
  const shown = () =>
    Promise.resolve({ shown: desktopShows, path: `${APP_INFO.logs}/pontual.txt` });
  return {
    'app.info': () => Promise.resolve(APP_INFO),
    'preferences.get': () => Promise.resolve(preferences),
    'preferences.patch': (changes) => {
      preferences = changedPreferences(preferences, changes);
      return Promise.resolve(preferences);
    },
    'place.open': shown,
    'log.open': shown,
    'records.export': ({ format }) =>
      Promise.resolve({ path: `/home/ana/Documents/records.${format}`, records: 1234 }),
    'keyring.useFile': done,
    'localServer.copyToken': done,
    'localServer.openDocs': done,
    'text.copy': done,
  };
}
