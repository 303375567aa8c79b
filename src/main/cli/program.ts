import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { contract } from '../../shared/contract.ts';
import { PontualError } from '../../shared/errors.ts';
import { CHANGES } from '../../shared/record.ts';
import { OUTCOMES, RUN_STATES } from '../../shared/run.ts';
import type { Clock } from '../engine/clock.ts';
import { LOG_LEVELS } from '../engine/observe/internal-events.ts';
import { homeFolder } from '../home.ts';
import { EXIT, type Context } from './context.ts';
import { findEngine, NoEngine } from './find-engine.ts';
import * as queries from './queries.ts';
import { createRestClient } from './rest-client.ts';
import { runJob } from './run-job.ts';
import type { Terminal } from './terminal.ts';

/**
 * The `pontual` command. Every command but `serve` talks to a running engine through the same contract as the windows;
 * exit codes: 0 ok, 1 error (also a run that did not succeed), 2 wrong usage.
 */
export interface CliDeps {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
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
    return EXIT.error;
  }
}

function errorText(error: unknown): string {
  if (error instanceof NoEngine) return error.message;
  if (error instanceof PontualError) {
    const more = error.details.slice(1).map(({ path, message }) => `\n  ${path}: ${message}`);
    return error.message + more.join('');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function createProgram(deps: CliDeps, exit: (code: number) => void): Command {
  const { terminal, env, clock } = deps;
  const program = new Command('pontual')
    .description('Collects HTTP APIs on a schedule, on your own machine.')
    .version(deps.version)
    .option('--home <dir>', 'the folder that holds everything (else PONTUAL_HOME)')
    .option('--json', 'write answers as JSON', false)
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
    .showHelpAfterError('(add --help for what is possible)');

  const withEngine =
    <A extends readonly unknown[]>(act: (context: Context, ...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      const { home, json } = program.opts<{ home?: string; json: boolean }>();
      const endpoint = await findEngine(homeFolder(home, env));
      const api = createRestClient(contract, endpoint);
      await act({ api, terminal, clock, json, exit }, ...args);
    };

  addServe(program, deps, exit);
  addQueries(program, withEngine);
  addActions(program, withEngine);
  return program;
}

type WithEngine = <A extends readonly unknown[]>(
  act: (context: Context, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;

function addServe(program: Command, { serve }: CliDeps, exit: (code: number) => void): void {
  program
    .command('serve')
    .description('start the engine and its local server, until interrupted (needs a stopped one)')
    .option('--port <n>', 'of the local server, 0 for any that is free', wholeNumber)
    .option('--demo', 'register the demo API and a job that collects it')
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

function addQueries(program: Command, withEngine: WithEngine): void {
  const limit = () =>
    new Option('--limit <n>', 'at most so many, newest first').argParser(wholeNumber).default(20);
  program
    .command('status')
    .description('what the engine is doing, and whether it is well')
    .option('--watch', 'again at every change, until interrupted', false)
    .action(withEngine(queries.status));
  program.command('jobs').description('list the jobs').action(withEngine(queries.jobs));
  program
    .command('integrations')
    .description('list the integrations')
    .action(withEngine(queries.integrations));
  program
    .command('runs')
    .description('list runs, newest first')
    .option('--job <id>', 'of one job')
    .addOption(new Option('--state <state>', 'in one state').choices(RUN_STATES))
    .addOption(new Option('--outcome <outcome>', 'with one outcome').choices(OUTCOMES))
    .addOption(limit())
    .action(withEngine(queries.runs));
  program
    .command('logs <run>')
    .description("a run's log")
    .addOption(
      new Option('--level <level>', 'at least this level').choices(LOG_LEVELS).default('debug'),
    )
    .option('--follow', 'go on until the run ends', false)
    .action(withEngine(queries.logs));
  program
    .command('records')
    .description('list records, last changed first')
    .option('--integration <id>', 'of one integration')
    .addOption(new Option('--change <change>', 'with one change').choices(CHANGES))
    .addOption(limit())
    .action(withEngine(queries.records));
}

function addActions(program: Command, withEngine: WithEngine): void {
  program
    .command('run <job>')
    .description('start a job now')
    .option('--wait', 'until it ends; the exit code tells whether it succeeded', false)
    .option('--full', 'read everything, ignoring the cursor once', false)
    .option('--input <json>', 'what templates see as input', jsonObject)
    .option('--idempotency-key <key>', 'the same key starts the job once')
    .action(withEngine(runJob));
  program
    .command('pause [job]')
    .description('pause a job, or all schedules')
    .option('--until <instant>', 'ISO 8601; without it, until resumed')
    .option('--reason <text>', 'said where the pause is shown')
    .action(withEngine(queries.pause));
  program
    .command('resume [job]')
    .description('resume a job, or all schedules')
    .action(withEngine(queries.resume));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('A whole number is needed.');
  return Number(text);
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
