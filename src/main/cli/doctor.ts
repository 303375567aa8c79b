import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandInput, CommandOutput, ContractApi } from '../../shared/contract.ts';
import type { Locale, Translate } from '../../shared/i18n/index.ts';
import type { Job } from '../../shared/job.ts';
import { spoken, toldBy } from '../../shared/sentences.ts';
import type { Clock } from '../engine/clock.ts';
import { DATABASE } from '../engine/store/home/layout.ts';
import { validateSchedule } from '../engine/trigger/validate.ts';
import { TOKEN_FILE } from '../server/token-file.ts';
import { examineCopy } from './store-copy.ts';

/** Looks whether everything is as it should be, and changes nothing. */

export interface Finding {
  readonly about: 'home' | 'disk' | 'clock' | 'engine' | 'store' | 'schedules';
  readonly level: 'ok' | 'warning' | 'problem';
  readonly message: string;
}

export interface DoctorDeps {
  readonly home: string;
  readonly clock: Clock;
  readonly threadFile: URL;
  readonly t: Translate;
  readonly locale: Locale;
  /** Of the running engine; null: none runs, or it cannot be asked, for the reason given. */
  readonly engine: { readonly api: ContractApi } | { readonly api: null; readonly why: string };
}

export async function examineHome(deps: DoctorDeps): Promise<Finding[]> {
  const home = await homeFindings(deps);
  if (home.some(({ level }) => level === 'problem')) return home;
  const { engine } = deps;
  return [
    ...home,
    ...(await diskFindings(deps)),
    ...(await clockFindings(deps)),
    ...(engine.api
      ? await askedFindings(engine.api, deps)
      : await lookedFindings(deps, engine.why)),
  ];
}

const ok = (about: Finding['about'], message: string): Finding => ({ about, level: 'ok', message });
const warning = (about: Finding['about'], message: string): Finding => ({
  about,
  level: 'warning',
  message,
});
const problem = (about: Finding['about'], message: string): Finding => ({
  about,
  level: 'problem',
  message,
});

const OTHERS = 0o077;

async function homeFindings({ home, t }: DoctorDeps): Promise<Finding[]> {
  const found = await stat(home).catch(() => null);
  if (!found?.isDirectory()) return [problem('home', t('cli.doctorFindings.noFolder', { home }))];
  const mayWrite = await access(home, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) return [problem('home', t('cli.doctorFindings.notWritable', { home }))];
  const findings: Finding[] = [];
  for (const name of ['', TOKEN_FILE, 'secret.key']) {
    const path = join(home, name);
    const mode = (await stat(path).catch(() => null))?.mode ?? 0;
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      findings.push(
        warning(
          'home',
          t('cli.doctorFindings.reachable', { path, mode: (mode & 0o777).toString(8) }),
        ),
      );
  }
  return findings.length > 0 ? findings : [ok('home', t('cli.doctorFindings.homeWell', { home }))];
}

const MIB = 1024 * 1024;
const LEAST_FREE_BYTES = 256 * MIB;

/** A snapshot is written beside the one before it, so as much again must be free. */
async function diskFindings({ home, t }: DoctorDeps): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  const database = (await stat(join(home, DATABASE)).catch(() => null))?.size ?? 0;
  const needed = Math.max(LEAST_FREE_BYTES, 2 * database);
  const mib = (bytes: number) => Math.round(bytes / MIB);
  const message = t('cli.doctorFindings.disk', { free: mib(free), needed: mib(needed) });
  return [free < needed ? warning('disk', message) : ok('disk', message)];
}

const EARLIEST_MS = Date.UTC(2024, 0, 1);
const TOLERATED_MS = 60_000;

async function clockFindings({ home, clock, t }: DoctorDeps): Promise<Finding[]> {
  const now = clock.now();
  const written = (await stat(join(home, DATABASE)).catch(() => null))?.mtimeMs ?? 0;
  if (now < EARLIEST_MS) return [problem('clock', t('cli.doctorFindings.clockBehind'))];
  if (written > now + TOLERATED_MS) return [problem('clock', t('cli.doctorFindings.clockAhead'))];
  return [ok('clock', t('cli.doctorFindings.clockWell'))];
}

async function askedFindings(
  api: ContractApi,
  { t, locale }: Pick<DoctorDeps, 't' | 'locale'>,
): Promise<Finding[]> {
  try {
    const [status, store, jobs] = await Promise.all([
      api.status({}),
      api['store.info']({}),
      allJobs(api),
    ]);
    const isWell = status.state === 'running' || status.state === 'paused';
    const why = status.stateReason === null ? '' : `: ${status.stateReason}`;
    const state = t('cli.doctorFindings.engine', {
      state: t(`words.appState.${status.state}`).toLowerCase(),
      why,
    });
    return [
      isWell ? ok('engine', state) : problem('engine', state),
      store.state === 'ok'
        ? ok('store', storedText(store, t))
        : problem('store', store.stateReason ?? store.state),
      ...(store.databaseBytes > 0.9 * store.budgetBytes
        ? [warning('store', t('cli.doctorFindings.budget'))]
        : []),
      ...jobs
        .filter((job) => job.state === 'auto-paused')
        .map(({ id, pauseReason }) => warning('schedules', autoPausedText(id, pauseReason, t))),
      ok('schedules', t('cli.doctorFindings.jobs', { count: jobs.length })),
    ];
  } catch (error) {
    return [problem('engine', spoken(toldBy(error), locale))];
  }
}

const PAGE = 500;

async function allJobs(api: ContractApi): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  let cursor: string | null = null;
  do {
    const input: CommandInput<'jobs.list'> = {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    };
    const page: CommandOutput<'jobs.list'> = await api['jobs.list'](input);
    jobs.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return jobs;
}

function autoPausedText(id: string, reason: string | null, t: Translate): string {
  const why = reason ?? t('cli.doctorFindings.failedTooOften');
  return t('cli.doctorFindings.autoPaused', { id, why });
}

function storedText(
  { records, runs, lsn }: { readonly records: number; readonly runs: number; readonly lsn: number },
  t: Translate,
): string {
  return t('cli.doctorFindings.stored', { records, runs, lsn });
}

async function lookedFindings(
  { home, threadFile, clock, t, locale }: DoctorDeps,
  why: string,
): Promise<Finding[]> {
  const engine = ok('engine', why);
  const hasStore = await stat(join(home, DATABASE)).catch(() => null);
  if (!hasStore) return [engine, ok('store', t('cli.doctorFindings.nothingStored'))];
  try {
    const { health, figures, notes, jobs } = await examineCopy(home, threadFile, clock);
    const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const broken = jobs.flatMap(({ job }) =>
      // A single time that is over is no fault of a job that had it.
      job.schedule.kind === 'one-time'
        ? []
        : validateSchedule(job.schedule, { nowMs: clock.now(), machineZone }).map((told) =>
            problem('schedules', `${job.id}: ${spoken(told, locale)}`),
          ),
    );
    return [
      engine,
      ...notes.map((note) => warning('store', spoken(note, locale))),
      health.state === 'ok'
        ? ok('store', storedText(figures, t))
        : problem(
            'store',
            spoken({ message: health.reason ?? health.state, says: health.says }, locale),
          ),
      ...broken,
      ok('schedules', t('cli.doctorFindings.jobs', { count: jobs.length })),
    ];
  } catch (error) {
    return [engine, problem('store', spoken(toldBy(error), locale))];
  }
}
