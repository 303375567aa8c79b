import { Command, CommanderError } from 'commander';
import { contract } from '../../shared/contract.ts';
import { PontualError } from '../../shared/errors.ts';
import { createTranslator, type Locale, resolveLocale } from '../../shared/i18n/index.ts';
import { spoken, toldBy } from '../../shared/sentences.ts';
import type { Clock } from '../engine/clock.ts';
import { homeFolder } from '../home.ts';
import { createArguments } from './arguments.ts';
import {
  addActions,
  addDocuments,
  addHomes,
  addQueries,
  addServe,
  type Adding,
  type CliKey,
  type Words,
} from './commands.ts';
import { EXIT } from './context.ts';
import { findEngine, NoEngine } from './find-engine.ts';
import { createRestClient } from './rest-client.ts';
import type { Terminal } from './terminal.ts';
import { usageError } from './usage-error.ts';

/**
 * The `pontual` command. Most commands talk to a running engine through the same contract as the windows; a few look
 * after a home. Exit codes: 0 ok, 1 error (also a run that did not succeed), 2 wrong usage, 3 home in use.
 */
export interface CliDeps {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly threadFile: URL;
  readonly ask: (question: string) => Promise<string>;
  /** Starts an engine with these arguments and answers its exit code. */
  readonly serve: (args: readonly string[]) => Promise<number>;
}

/** Runs one command line (without node and script) and answers the exit code. Never throws. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  const { terminal } = deps;
  let code: number = EXIT.ok;
  const program = createProgram(deps, (exitCode) => (code = exitCode));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    terminal.warn(`${errorText(error, localeOf(deps.env))}\n`);
    return codeOf(error) === 'home-in-use' ? EXIT.homeInUse : EXIT.error;
  }
}

/** What a person can act on is a sentence; anything else is a fault of ours, and shows where. */
function errorText(error: unknown, locale: Locale): string {
  if (error instanceof PontualError) {
    const { message, details } = error.bodyIn(locale);
    const more = details.slice(1).map((one) => `\n  ${one.path}: ${one.message}`);
    return message + more.join('');
  }
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof NoEngine || error.name === 'NewerDatabase' || codeOf(error) !== null;
  return isExpected ? spoken(toldBy(error), locale) : (error.stack ?? error.message);
}

/** Of errors of the system (ENOENT) and of the home. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

function createProgram(deps: CliDeps, exit: (code: number) => void): Command {
  const { terminal, env, clock } = deps;
  const { t, locale } = createTranslator(localeOf(env));
  const say: Words = (key, needs) => {
    // None of these texts has placeholders, which the type of all keys together cannot say.
    const text = (t as (key: string) => string)(`cli.${key}`);
    return needs === undefined ? text : `${text} ${t(`cli.needs.${needs}`)}`;
  };
  const program = new Command('pontual')
    .description(say('about'))
    .version(deps.version, '-V, --version', say('versionOption'))
    .helpOption('-h, --help', say('helpOption'))
    .helpCommand('help [command]', say('helpCommand'))
    .option('--home <dir>', say('homeOption'))
    .option('--json', say('jsonOption'), false)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: terminal.warn,
      outputError: (text, write) => write(locale === 'en' ? text : usageError(text, t)),
    })
    .configureHelp({ styleTitle: (title) => headingOf(title, say) })
    .showHelpAfterError(say('helpHint'));
  const options = () => program.opts<{ home?: string; json: boolean }>();
  const common = () => ({ terminal, clock, t, locale, exit, json: options().json });
  const engineIn = async (home: string) => {
    const endpoint = { ...(await findEngine(home, t)), language: locale };
    return { endpoint, api: createRestClient(contract, endpoint) };
  };
  const adding: Adding = {
    program,
    args: createArguments(t, clock),
    say,
    withEngine:
      (act) =>
      async (...args) =>
        act({ ...common(), ...(await engineIn(homeFolder(options().home, env))) }, ...args),
    withHome:
      (act) =>
      (...args) => {
        const home = homeFolder(options().home, env);
        const engine = () => engineIn(home).catch(reasonWhyNone);
        const { threadFile, ask, serve } = deps;
        return act({ ...common(), home, engine, threadFile, ask, serve }, ...args);
      },
  };
  addServe(adding, deps, exit);
  addQueries(adding);
  addActions(adding);
  addDocuments(adding);
  addHomes(adding, terminal);
  return program;
}

function localeOf(env: NodeJS.ProcessEnv) {
  const language = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'];
  return resolveLocale('system', language ? [language] : []);
}

function headingOf(title: string, say: Words): string {
  const headings: Readonly<Record<string, CliKey>> = {
    'Usage:': 'usage',
    'Options:': 'options',
    'Arguments:': 'arguments',
    'Commands:': 'commands',
  };
  const key = headings[title];
  return key === undefined ? title : say(key);
}

function reasonWhyNone(error: unknown) {
  if (error instanceof NoEngine) return { api: null, why: error.message };
  throw error;
}
