import { access, constants, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContractApi } from '../../shared/contract.ts';
import { asError } from '../../shared/errors.ts';
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
  /** Of the running engine; null: none runs, or it cannot be asked, for the reason given. */
  readonly engine: { readonly api: ContractApi } | { readonly api: null; readonly why: string };
}

export async function examineHome(deps: DoctorDeps): Promise<Finding[]> {
  const home = await homeFindings(deps.home);
  if (home.some(({ level }) => level === 'problem')) return home;
  const { engine } = deps;
  return [
    ...home,
    ...(await diskFindings(deps.home)),
    ...(await clockFindings(deps)),
    ...(engine.api ? await askedFindings(engine.api) : await lookedFindings(deps, engine.why)),
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

async function homeFindings(home: string): Promise<Finding[]> {
  const found = await stat(home).catch(() => null);
  if (!found?.isDirectory()) return [problem('home', `There is no folder ${home}.`)];
  const mayWrite = await access(home, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) return [problem('home', `This user may not write in ${home}.`)];
  const findings: Finding[] = [];
  for (const name of ['', TOKEN_FILE, 'secret.key']) {
    const path = join(home, name);
    const mode = (await stat(path).catch(() => null))?.mode ?? 0;
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      findings.push(
        warning('home', `Others may reach ${path} (mode ${(mode & 0o777).toString(8)}).`),
      );
  }
  return findings.length > 0 ? findings : [ok('home', `${home} can be used, by its owner alone.`)];
}

const MIB = 1024 * 1024;
const LEAST_FREE_BYTES = 256 * MIB;

/** A snapshot is written beside the one before it, so as much again must be free. */
async function diskFindings(home: string): Promise<Finding[]> {
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  const database = (await stat(join(home, DATABASE)).catch(() => null))?.size ?? 0;
  const needed = Math.max(LEAST_FREE_BYTES, 2 * database);
  const message = `${Math.round(free / MIB)} MiB of the disk are free, ${Math.round(needed / MIB)} MiB are advisable.`;
  return [free < needed ? warning('disk', message) : ok('disk', message)];
}

const EARLIEST_MS = Date.UTC(2024, 0, 1);
const TOLERATED_MS = 60_000;

async function clockFindings({ home, clock }: DoctorDeps): Promise<Finding[]> {
  const now = clock.now();
  const written = (await stat(join(home, DATABASE)).catch(() => null))?.mtimeMs ?? 0;
  if (now < EARLIEST_MS) return [problem('clock', 'The clock is years behind.')];
  if (written > now + TOLERATED_MS)
    return [problem('clock', 'The database was written in what the clock takes for the future.')];
  return [ok('clock', 'The clock agrees with the files of the home.')];
}

async function askedFindings(api: ContractApi): Promise<Finding[]> {
  try {
    const [status, store, jobs] = await Promise.all([
      api.status({}),
      api['store.info']({}),
      api['jobs.list']({ limit: 500 }),
    ]);
    const isWell = status.state === 'running' || status.state === 'paused';
    const state = `The engine is ${status.state}${status.stateReason === null ? '' : `: ${status.stateReason}`}.`;
    const pausedByItself = jobs.items.filter((job) => job.state === 'auto-paused');
    return [
      isWell ? ok('engine', state) : problem('engine', state),
      store.state === 'ok'
        ? ok('store', `${store.records} records and ${store.runs} runs, up to number ${store.lsn}.`)
        : problem('store', store.stateReason ?? store.state),
      ...(store.databaseBytes > 0.9 * store.budgetBytes
        ? [warning('store', 'More than nine tenths of the budget of the database are used.')]
        : []),
      ...pausedByItself.map(({ id, pauseReason }) =>
        warning('schedules', `${id} paused itself: ${pauseReason ?? 'it failed too often'}.`),
      ),
      ok('schedules', `${jobs.items.length} jobs were looked at.`),
    ];
  } catch (error) {
    return [problem('engine', asError(error).message)];
  }
}

async function lookedFindings(
  { home, threadFile, clock }: DoctorDeps,
  why: string,
): Promise<Finding[]> {
  const engine = ok('engine', why);
  const hasStore = await stat(join(home, DATABASE)).catch(() => null);
  if (!hasStore) return [engine, ok('store', 'Nothing is stored yet.')];
  try {
    const { health, figures, notes, jobs } = await examineCopy(home, threadFile, clock);
    const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const broken = jobs.flatMap(({ job }) =>
      // A single time that is over is no fault of a job that had it.
      job.schedule.kind === 'one-time'
        ? []
        : validateSchedule(job.schedule, { nowMs: clock.now(), machineZone }).map(({ message }) =>
            problem('schedules', `${job.id}: ${message}`),
          ),
    );
    return [
      engine,
      ...notes.map((note) => warning('store', note)),
      health.state === 'ok'
        ? ok(
            'store',
            `${figures.records} records and ${figures.runs} runs, up to number ${figures.lsn}.`,
          )
        : problem('store', health.reason ?? health.state),
      ...broken,
      ok('schedules', `${jobs.length} jobs were looked at.`),
    ];
  } catch (error) {
    return [engine, problem('store', asError(error).message)];
  }
}
