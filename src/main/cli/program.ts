import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { contract } from '../../shared/contract.ts';
import { PontualError } from '../../shared/errors.ts';
import { createTranslator, resolveLocale, type Translate } from '../../shared/i18n/index.ts';
import { CHANGES } from '../../shared/record.ts';
import { OUTCOMES, RUN_STATES } from '../../shared/run.ts';
import { instantInputSchema } from '../../shared/values.ts';
import type { Clock } from '../engine/clock.ts';
import { LOG_LEVELS } from '../engine/observe/internal-events.ts';
import { homeFolder } from '../home.ts';
import * as backups from './backups.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { EXIT, type Context, type HomeContext } from './context.ts';
import { exportConfig, importConfig } from './documents.ts';
import { findEngine, NoEngine } from './find-engine.ts';
import * as queries from './queries.ts';
import { createRestClient } from './rest-client.ts';
import { runJob } from './run-job.ts';
import * as homes from './setting-up.ts';
import type { Terminal } from './terminal.ts';

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
    terminal.warn(`${errorText(error)}\n`);
    return codeOf(error) === 'home-in-use' ? EXIT.homeInUse : EXIT.error;
  }
}

/** What a person can act on is a sentence; anything else is a fault of ours, and shows where. */
function errorText(error: unknown): string {
  if (error instanceof PontualError) {
    const more = error.details.slice(1).map(({ path, message }) => `\n  ${path}: ${message}`);
    return error.message + more.join('');
  }
  if (!(error instanceof Error)) return String(error);
  const isExpected =
    error instanceof NoEngine || error.name === 'NewerDatabase' || codeOf(error) !== null;
  return isExpected ? error.message : (error.stack ?? error.message);
}

/** Of errors of the system (ENOENT) and of the home. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}

type Words = (key: CliKey, needs?: 'running' | 'stopped' | 'either') => string;
type CliKey = Parameters<Translate>[0] extends infer K
  ? K extends `cli.${infer Name}`
    ? Name
    : never
  : never;

interface Adding {
  readonly program: Command;
  /** A text, with what the command needs behind it. */
  readonly say: Words;
  readonly withEngine: <A extends readonly unknown[]>(
    act: (context: Context, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>;
  readonly withHome: <A extends readonly unknown[]>(
    act: (context: HomeContext, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>;
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
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
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

function addServe(
  { program, say }: Adding,
  { serve }: CliDeps,
  exit: (code: number) => void,
): void {
  program
    .command('serve')
    .description(say('serve', 'stopped'))
    .option('--port <n>', say('servePort'), port)
    .option('--demo', say('serveDemo'))
    .action(async (options: { port?: number; demo?: boolean }) => {
      const { home } = program.opts<{ home?: string }>();
      exit(
        await serve([
          ...(home === undefined ? [] : ['--home', home]),
          ...(options.port === undefined ? [] : ['--port', String(options.port)]),
          ...(options.demo === true ? ['--demo'] : []),
        ]),
      );
    });
}

function addQueries({ program, say, withEngine }: Adding): void {
  const limit = () => new Option('--limit <n>', say('limit')).argParser(positive).default(20);
  program
    .command('status')
    .description(say('statusAbout', 'running'))
    .option('--watch', say('statusWatch'), false)
    .action(withEngine(queries.status));
  program.command('jobs').description(say('jobs', 'running')).action(withEngine(queries.jobs));
  program
    .command('integrations')
    .description(say('integrations', 'running'))
    .action(withEngine(queries.integrations));
  program
    .command('runs')
    .description(say('runs', 'running'))
    .option('--job <id>', say('runsJob'))
    .addOption(new Option('--state <state>', say('runsState')).choices(RUN_STATES))
    .addOption(new Option('--outcome <outcome>', say('runsOutcome')).choices(OUTCOMES))
    .addOption(limit())
    .action(withEngine(queries.runs));
  program
    .command('logs <run>')
    .description(say('logs', 'running'))
    .addOption(new Option('--level <level>', say('logsLevel')).choices(LOG_LEVELS).default('debug'))
    .option('--follow', say('logsFollow'), false)
    .action(withEngine(queries.logs));
  program
    .command('records')
    .description(say('records', 'running'))
    .option('--integration <id>', say('recordsIntegration'))
    .addOption(new Option('--change <change>', say('recordsChange')).choices(CHANGES))
    .addOption(new Option('--format <format>', say('recordsFormat')).choices(['csv', 'jsonl']))
    .addOption(limit())
    .action(withEngine(queries.records));
}

function addActions({ program, say, withEngine }: Adding): void {
  program
    .command('run <job>')
    .description(say('run', 'running'))
    .option('--wait', say('runWait'), false)
    .option('--full', say('runFull'), false)
    .option('--input <json>', say('runInput'), jsonObject)
    .option('--idempotency-key <key>', say('runKey'))
    .action(withEngine(runJob));
  program
    .command('pause [job]')
    .description(say('pause', 'running'))
    .option('--until <instant>', say('pauseUntil'), instant)
    .option('--reason <text>', say('pauseReason'))
    .action(withEngine(queries.pause));
  program
    .command('resume [job]')
    .description(say('resume', 'running'))
    .action(withEngine(queries.resume));
}

function addDocuments({ program, say, withEngine }: Adding): void {
  program
    .command('export')
    .description(say('export', 'running'))
    .addOption(
      new Option('--format <format>', say('exportFormat'))
        .choices(['yaml', 'json'])
        .default('yaml'),
    )
    .option('--output <file>', say('exportOutput'))
    .action(withEngine(exportConfig));
  program
    .command('import <file>')
    .description(say('import', 'running'))
    .option('--watch', say('importWatch'), false)
    .action(withEngine(importConfig));
  program
    .command('backup')
    .description(say('backup', 'running'))
    .action(withEngine(backups.backup));
  program
    .command('backups')
    .description(say('backups', 'running'))
    .action(withEngine(backups.backups));
  program
    .command('restore <backup>')
    .description(say('restore', 'running'))
    .action(withEngine(backups.restore));
  program
    .command('recover')
    .description(say('recover', 'running'))
    .addArgument(new Argument('<choice>', say('recoverChoice')).choices(backups.RECOVER_CHOICES))
    .argument('[backup]', say('recoverBackup'))
    .action(withEngine(backups.recover));
}

function addHomes({ program, say, withHome }: Adding, terminal: Terminal): void {
  program.command('doctor').description(say('doctor', 'either')).action(withHome(homes.doctor));
  program
    .command('migrate')
    .description(say('migrate', 'stopped'))
    .option('--dry-run', say('migrateDryRun'), false)
    .action(withHome(homes.migrate));
  program.command('init').description(say('init', 'stopped')).action(withHome(homes.init));
  program
    .command('reset')
    .description(say('reset', 'stopped'))
    .option('--confirm <name>', say('resetConfirm'))
    .action(withHome(homes.reset));
  program
    .command('completion <shell>')
    .description(say('completion', 'either'))
    .action((shell: string) => {
      if (!SHELLS.some((known) => known === shell))
        program.error(`error: ${shell} is none of ${SHELLS.join(', ')}.`, { exitCode: EXIT.usage });
      terminal.write(completionScript(shell as Shell, program));
    });
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
}

function port(text: string): number {
  const number = wholeNumber(text);
  if (number > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return number;
}

function positive(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('At least 1 is needed.');
  return number;
}

function instant(text: string): string {
  if (instantInputSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A date and time is needed, such as 2030-01-31T08:00:00Z.');
}

function jsonObject(text: string): Record<string, never> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, never>;
  } catch {
    // Said below, together with JSON of another kind.
  }
  throw new InvalidArgumentError('A JSON object is needed, such as \'{"day":"2026-11-21"}\'.');
}
