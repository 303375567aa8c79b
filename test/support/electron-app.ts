import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { electronArguments, requireElectron } from '../../scripts/setup/run-electron.mjs';
import type { Answer } from '../../src/shared/bridge.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../src/shared/contract.ts';
import { toldWhenSlow } from './hanging-process.ts';

const root = join(import.meta.dirname, '../..');

/** The app as a person runs it: the built files, in the Electron that the set-up chose. */
export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the program said on stderr. */
  readonly stderr: () => string;
  /** Calls a command through the window's own bridge. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  isWindowVisible(): Promise<boolean>;
  /** Does what the window's close button does. */
  closeWindow(): Promise<void>;
  /** Resolves with the exit code once the process has ended. */
  exited(): Promise<number | null>;
}

export interface LaunchSettings {
  readonly home: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the app; the test's end kills what is left of it. */
export async function launchApp({
  home,
  args = [],
  env = {},
}: LaunchSettings): Promise<RunningApp> {
  // Without an `executablePath` Playwright puts its loader first, which holds the app back until Playwright is
  // attached; with one, the window may come too early and then never answers.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = requireElectron(root).folder;
  const launching = _electron.launch({
    args: [...electronArguments(root), '--disable-gpu', '--home', home, ...args],
    env: environment(env),
  });
  const app = await toldWhenSlow(home, 'Electron to answer Playwright', launching);
  const child = app.process();
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit; // so that nobody writes into the home while it is removed
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const page = await toldWhenSlow(home, 'the first window', app.firstWindow());
  return {
    app,
    page,
    stderr: () => stderr,
    call: (name, input) => call(page, name, input),
    isWindowVisible: () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() ?? false),
    closeWindow: () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close()),
    exited: () => exit,
  };
}

/** Starts the app a second time, as a click on its icon does; resolves with the exit code. */
export async function startAgain({ home }: LaunchSettings): Promise<number | null> {
  const { executable } = requireElectron(root);
  const args = [...electronArguments(root), '--disable-gpu', '--home', home];
  const child = spawn(executable, args, { env: environment({}), stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

async function call<N extends CommandName>(
  page: Page,
  name: N,
  input: CommandInput<N>,
): Promise<CommandOutput<N>> {
  const answer = await page.evaluate(callInPage, [name, input] as [string, unknown]);
  // The bridge answers with the output of the command that was called.
  if (answer.ok) return answer.value as CommandOutput<N>;
  throw new Error(`${name}: ${answer.error.code}: ${answer.error.message}`);
}

/** Runs in the page, so it may use nothing from here. */
function callInPage([name, input]: [string, unknown]): Promise<Answer<unknown>> {
  const { pontual } = window as unknown as { pontual: { call: UntypedCall } };
  return pontual.call(name, input);
}

type UntypedCall = (name: string, input: unknown) => Promise<Answer<unknown>>;

function environment(more: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('VITEST'),
  );
  return { ...Object.fromEntries(inherited), LANG: 'en_US.UTF-8', LANGUAGE: 'en', ...more };
}
