import type { Change } from '../../../shared/record.ts';
import type { JobState } from '../../../shared/job.ts';
import type { Priority } from '../../../shared/priority.ts';
import type { Outcome, RunState, Trigger } from '../../../shared/run.ts';
import type { QuarantineRow } from './ops.ts';

/**
 * The integers that stand for names in the database. A name's place in its list is what is stored: lists grow at
 * their end and are never sorted anew.
 */
interface Codes<T extends string> {
  readonly code: (name: T) => number;
  readonly name: (code: number) => T;
}

/** Written as an object, so that a name that is missing or unknown does not compile. */
function codes<T extends string>(numbers: Readonly<Record<T, number>>): Codes<T> {
  const byName = new Map<string, number>(Object.entries<number>(numbers));
  const byCode = new Map<number, T>();
  for (const [name, code] of byName) byCode.set(code, name as T);
  return {
    code(name) {
      const code = byName.get(name);
      if (code === undefined) throw new Error(`'${name}' has no code in the database.`);
      return code;
    },
    name(code) {
      const name = byCode.get(code);
      if (name === undefined) throw new Error(`The database holds an unknown code ${code}.`);
      return name;
    },
  };
}

export const triggers = codes<Trigger>({
  schedule: 0,
  'catch-up': 1,
  manual: 2,
  api: 3,
  retry: 4,
  dependency: 5,
  workflow: 6,
});

/** Finished is the last: an index holds the states below it. */
export const runStates = codes<RunState>({
  queued: 0,
  waiting: 1,
  running: 2,
  retrying: 3,
  finished: 4,
});

export const outcomes = codes<Outcome>({
  succeeded: 0,
  partial: 1,
  failed: 2,
  'timed-out': 3,
  cancelled: 4,
  skipped: 5,
  interrupted: 6,
});

export const priorities = codes<Priority>({ low: 0, normal: 1, high: 2, critical: 3 });

export const jobStates = codes<JobState>({ enabled: 0, paused: 1, 'auto-paused': 2, disabled: 3 });

export const changes = codes<Change>({ new: 0, changed: 1, vanished: 2 });

export const quarantineReasons = codes<QuarantineRow['reason']>({
  schema: 0,
  key: 1,
  size: 2,
  encoding: 3,
});
