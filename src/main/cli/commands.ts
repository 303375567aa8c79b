import { Argument, Option, type Command } from 'commander';
import type { Translate } from '../../shared/i18n/index.ts';
import { CHANGES } from '../../shared/record.ts';
import { OUTCOMES, RUN_STATES } from '../../shared/run.ts';
import { LOG_LEVELS } from '../engine/observe/internal-events.ts';
import type { Arguments } from './arguments.ts';
import * as backups from './backups.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { EXIT, type Context, type HomeContext } from './context.ts';
import { exportConfig, importConfig } from './documents.ts';
import * as queries from './queries.ts';
import { runJob } from './run-job.ts';
import * as homes from './setting-up.ts';
import type { Terminal } from './terminal.ts';

/** Every command with its options: what each needs, and which function does it. */

export type Words = (key: CliKey, needs?: 'running' | 'stopped' | 'either') => string;
export type CliKey = Parameters<Translate>[0] extends infer K
  ? K extends `cli.${infer Name}`
    ? Name
    : never
  : never;

/** What a command is added with. */
export interface Adding {
  readonly program: Command;
  readonly args: Arguments;
  /** A text, with what the command needs behind it. */
  readonly say: Words;
  readonly withEngine: <A extends readonly unknown[]>(
    act: (context: Context, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>;
  readonly withHome: <A extends readonly unknown[]>(
    act: (context: HomeContext, ...args: A) => Promise<void>,
  ) => (...args: A) => Promise<void>;
}

export function addServe(
  { program, say, args }: Adding,
  { serve }: Pick<HomeContext, 'serve'>,
  exit: (code: number) => void,
): void {
  program
    .command('serve')
    .description(say('serve', 'stopped'))
    .option('--port <n>', say('servePort'), args.port)
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

export function addQueries({ program, say, args, withEngine }: Adding): void {
  const limit = (about: CliKey) => new Option('--limit <n>', say(about)).argParser(args.positive);
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
    .addOption(limit('limit').default(20))
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
    .addOption(limit('recordsLimit'))
    .action(withEngine(queries.records));
}

export function addActions({ program, say, args, withEngine }: Adding): void {
  program
    .command('run <job>')
    .description(say('run', 'running'))
    .option('--wait', say('runWait'), false)
    .option('--full', say('runFull'), false)
    .option('--allow-vanished', say('runAllowVanished'), false)
    .option('--input <json>', say('runInput'), args.jsonObject)
    .option('--idempotency-key <key>', say('runKey'))
    .option('--at <when>', say('runAt'), args.instant)
    .action(withEngine(runJob));
  program
    .command('pause [job]')
    .description(say('pause', 'running'))
    .option('--until <when>', say('pauseUntil'), args.instant)
    .option('--reason <text>', say('pauseReason'))
    .action(withEngine(queries.pause));
  program
    .command('resume [job]')
    .description(say('resume', 'running'))
    .action(withEngine(queries.resume));
}

export function addDocuments({ program, say, withEngine }: Adding): void {
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

export function addHomes({ program, say, withHome }: Adding, terminal: Terminal): void {
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
