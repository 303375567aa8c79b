import type { ContractApi } from '../../shared/contract.ts';
import type { Run } from '../../shared/run.ts';
import { sleep, type Clock } from '../engine/clock.ts';
import { EXIT, type Context } from './context.ts';
import { runsText } from './queries.ts';
import { show } from './terminal.ts';

const LOOK_EVERY_MS = 250;
const GOOD: ReadonlySet<Run['outcome']> = new Set(['succeeded', 'partial']);

interface RunJobOptions {
  readonly wait: boolean;
  readonly full: boolean;
  readonly allowVanished: boolean;
  readonly input?: Record<string, never>;
  readonly idempotencyKey?: string;
  readonly at?: string;
}

/** Starts a job; with `wait` the exit code tells whether all of its runs ended well. */
export async function runJob(
  { api, terminal, clock, json, exit, t }: Context,
  id: string,
  { wait, ...options }: RunJobOptions,
): Promise<void> {
  const started = await api['jobs.run']({ id, ...options });
  if (!wait) {
    show(terminal, json, started, ({ runIds }) => runIds.join('\n'));
    return;
  }
  const runs = await Promise.all(started.runIds.map((runId) => finished(api, clock, runId)));
  show(terminal, json, runs, (list) => runsText(list, t));
  if (!runs.every(({ outcome }) => GOOD.has(outcome))) exit(EXIT.error);
}

async function finished(api: ContractApi, clock: Clock, id: string): Promise<Run> {
  for (;;) {
    const run = await api['runs.get']({ id });
    if (run.state === 'finished') return run;
    await sleep(clock, LOOK_EVERY_MS);
  }
}
