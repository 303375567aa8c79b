import { outcomes, runStates } from '../codes.ts';
import type { Sqlite } from '../database/sqlite.ts';

const FINISHED = runStates.code('finished');
/** The newest run stays: its number must not be given again. */
export const REMOVABLE = `state = ${FINISHED} AND seq < (SELECT max(seq) FROM runs)`;

/** Kept longest: they are what a person comes back for. */
export const REMARKABLE = codesOf('failed', 'timed-out', 'interrupted');
export const UNREMARKABLE = codesOf('succeeded', 'partial', 'cancelled', 'skipped');

function codesOf(...names: readonly Parameters<typeof outcomes.code>[0][]): readonly number[] {
  return names.map((name) => outcomes.code(name));
}

/** The oldest removable runs with one of these outcomes, of one job or of all; each outcome's come from an index. */
export function oldestRuns(
  database: Sqlite,
  codes: readonly number[],
  job: number | null,
  limit: number,
): number[] {
  const ofJob = job === null ? '' : 'job = ? AND';
  const of = job === null ? [] : [job];
  return codes
    .flatMap((code) =>
      database.rows(
        `SELECT created_at, seq FROM runs WHERE ${ofJob} outcome = ? AND ${REMOVABLE}
          ORDER BY created_at, seq LIMIT ?`,
        [...of, code, limit],
      ),
    )
    .map(([createdAt, seq]) => [createdAt as number, seq as number] as const)
    .sort(([leftAt, left], [rightAt, right]) => leftAt - rightAt || left - right)
    .slice(0, limit)
    .map(([, seq]) => seq);
}

/** Takes a run away; what it counted stays in the hourly totals, its id where records still name it. */
export function dropRun(database: Sqlite, seq: number): void {
  database.run(ADD_TO_TOTALS, [seq]);
  database.run(
    `INSERT OR IGNORE INTO trimmed_runs (seq, id)
      SELECT seq, id FROM runs WHERE seq = ? AND new + changed + vanished > 0`,
    [seq],
  );
  dropDetails(database, seq);
  database.run('DELETE FROM runs WHERE seq = ?', [seq]);
}

/** Takes away the attempts and pages of a run. */
export function dropDetails(database: Sqlite, seq: number): void {
  database.run('DELETE FROM attempts WHERE run = ?', [seq]);
  database.run('DELETE FROM pages WHERE run = ?', [seq]);
  database.run('DELETE FROM read_pages WHERE run = ?', [seq]);
}

const HOUR_MS = 3_600_000;
const ADD_TO_TOTALS = `INSERT INTO hourly_totals
    (job, hour, outcome, runs, duration_us, max_duration_us, received, new, changed, invalid, bytes)
  SELECT job, created_at / ${HOUR_MS}, outcome, occurrences, coalesce(duration_us, 0), coalesce(duration_us, 0),
    received, new, changed, invalid, bytes FROM runs WHERE seq = ? AND outcome IS NOT NULL
  ON CONFLICT (job, hour, outcome) DO UPDATE SET runs = runs + excluded.runs,
    duration_us = duration_us + excluded.duration_us, max_duration_us = max(max_duration_us, excluded.max_duration_us),
    received = received + excluded.received, new = new + excluded.new, changed = changed + excluded.changed,
    invalid = invalid + excluded.invalid, bytes = bytes + excluded.bytes`;
