import { access, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { PontualError } from '../../shared/errors.ts';
import { lockHome } from '../engine/store/home/owner-lock.ts';
import { BACKUP_FOLDER } from '../engine/store/home/backups.ts';
import { isOfStore } from '../engine/store/home/layout.ts';
import { SCHEMA_VERSION } from '../engine/store/migrations.ts';
import { prepareHome } from '../home.ts';
import { loadToken, TOKEN_FILE } from '../server/token-file.ts';
import { isPort } from './arguments.ts';
import { EXIT, type HomeContext } from './context.ts';
import { examineHome } from './doctor.ts';
import { headings } from './headings.ts';
import { dataVersion, examine, examineCopy } from './store-copy.ts';
import { table } from './table.ts';
import { show } from './terminal.ts';

/** The commands for a home as a whole. */

export async function doctor(context: HomeContext): Promise<void> {
  const { home, clock, threadFile, terminal, json, exit, t, locale } = context;
  const engine = await context.engine();
  const findings = await examineHome({ home, clock, threadFile, t, locale, engine });
  show(terminal, json, findings, (list) =>
    table(
      headings(t, 'result', 'about', 'finding'),
      list.map(({ level, about, message }) => [
        t(`cli.doctorLevels.${level}`),
        t(`cli.doctorAbout.${about}`),
        message,
      ]),
    ),
  );
  if (findings.some(({ level }) => level === 'problem')) exit(EXIT.error);
}

export async function migrate(
  { home, clock, threadFile, terminal, json, t }: HomeContext,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  const from = await dataVersion(home);
  const to = SCHEMA_VERSION;
  // A newer version of the data is refused by whoever opens it, with a sentence.
  if (from !== null && from !== to) await (dryRun ? examineCopy : examine)(home, threadFile, clock);
  show(terminal, json, { home, from, to, dryRun }, () => {
    if (from === null) return t('cli.migrateEmpty', { home });
    if (from === to) return t('cli.migrateNothing', { version: to });
    return t(dryRun ? 'cli.migrateWould' : 'cli.migrateDone', { from, to });
  });
}

const DEFAULT_PORT = '8085';

export async function init(context: HomeContext): Promise<void> {
  const { terminal, t, ask, serve, exit } = context;
  const home = folderOf((await ask(`${t('cli.initHome')} [${context.home}] `)) || context.home);
  if (await exists(join(home, TOKEN_FILE))) {
    terminal.write(`${t('cli.initExists', { home })}\n`);
    return;
  }
  const port = (await ask(`${t('cli.initPort')} [${DEFAULT_PORT}] `)) || DEFAULT_PORT;
  if (!isPort(port)) throw new PontualError('validation', t('cli.notAPort', { text: port }));
  prepareHome(home);
  await loadToken(home);
  terminal.write(`${t('cli.initDone', { home, port })}\n`);
  const answer = await ask(`${t('cli.initStart')} [${t('cli.yes')}/${t('cli.no')}] `);
  if (answer.toLowerCase().startsWith(t('cli.yes')))
    exit(await serve(['--home', home, '--port', port]));
}

/** What a person types: the shell's sign for the own folder means that here too. */
function folderOf(typed: string): string {
  return resolve(typed.replace(/^~(?=$|[/\\])/, homedir()));
}

/** What belongs to the program in a home; anything else that lies there is left alone. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'logs',
  'artifacts',
  'telemetry',
  'browser',
  'desktop.json',
  'secret.key',
  TOKEN_FILE,
]);

export async function reset(
  { home, clock, terminal, t, ask, exit }: HomeContext,
  { confirm }: { readonly confirm?: string },
): Promise<void> {
  const name = basename(home);
  // Whoever takes the lock makes the folder; a name that was mistyped should leave nothing behind.
  if (!(await exists(home))) throw new PontualError('not-found', t('cli.noHome', { home }));
  const lock = lockHome(home, clock.now());
  try {
    const doomed = (await readdir(home)).filter(
      (entry) => entry !== BACKUP_FOLDER && (isOfStore(entry) || OWN_NAMES.has(entry)),
    );
    if (doomed.length === 0) {
      terminal.write(`${t('cli.resetNothing', { home })}\n`);
      return;
    }
    terminal.warn(`${t('cli.resetWarn', { home, count: doomed.length })}\n`);
    const typed = confirm ?? (await ask(`${t('cli.resetAsk', { name })} `));
    if (typed !== name) {
      terminal.warn(`${t('cli.resetStopped')}\n`);
      exit(EXIT.error);
      return;
    }
    for (const entry of doomed) await rm(join(home, entry), { recursive: true, force: true });
    terminal.write(`${t('cli.resetDone')}\n`);
  } finally {
    lock.release();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
