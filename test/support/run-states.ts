import type { EventHub } from '../../src/main/engine/observe/events.ts';
import type { RunRow } from '../../src/main/engine/store/ops.ts';
import type { Outcome, Run } from '../../src/shared/run.ts';

/**
 * The life of a run as it is told, as a small model:
 *
 *     (nothing) --queued--> queued --started--> running --retrying--> retrying --started--> running
 *     (nothing), queued --skipped--> over        queued, running, retrying --finished--> over
 *
 * A process that dies, or a store that refuses, takes a run back to `queued` without a word; its attempts count on.
 */
export class RunStates {
  readonly violations: string[] = [];
  readonly #states = new Map<string, State>();
  readonly #sentOnce: ReadonlySet<string>;

  /** `sentOnce`: jobs whose request may not be sent again unless it is known what came of it. */
  constructor({ sentOnce = [] }: { readonly sentOnce?: readonly string[] } = {}) {
    this.#sentOnce = new Set(sentOnce);
  }

  follow(events: EventHub): void {
    events.on('run.queued', ({ run }) => this.#queued(run));
    events.on('run.started', ({ run }) => this.#started(run));
    events.on('run.retrying', ({ run }) => this.#retrying(run));
    events.on('run.finished', ({ run }) => this.#over(run, FINISHED));
    events.on('run.skipped', ({ run }) => this.#over(run, SKIPPED));
  }

  /** The process died: what it had on disk and did not come to tell is known all the same. */
  crashed(rows: Iterable<Pick<RunRow, 'id' | 'state'>>): void {
    for (const { id, state } of rows) {
      const attempt = this.#states.get(id)?.attempt ?? 0;
      if (state === 'finished') this.#states.set(id, { name: 'over', attempt });
      else if (!this.#states.has(id)) this.#states.set(id, { name: 'queued', attempt });
    }
  }

  /** Ids of runs that were told of and have not come to their end. */
  get open(): string[] {
    return [...this.#states].filter(([, { name }]) => name !== 'over').map(([id]) => id);
  }

  #queued(run: Run): void {
    if (this.#states.has(run.id)) this.#wrong(run, 'is queued a second time');
    if (run.state !== 'queued' || run.attempt !== 0) this.#wrong(run, 'is not as it joined');
    this.#states.set(run.id, { name: 'queued', attempt: 0 });
  }

  #started(run: Run): void {
    const state = this.#states.get(run.id);
    if (!state || state.name === 'over')
      this.#wrong(run, `starts when ${state?.name ?? 'unknown'}`);
    if (state?.name === 'running' && this.#sentOnce.has(run.jobId))
      this.#wrong(run, 'is sent again, and nobody knows what came of the first time');
    if (run.attempt <= (state?.attempt ?? 0))
      this.#wrong(run, `starts attempt ${run.attempt} again`);
    this.#states.set(run.id, { name: 'running', attempt: run.attempt });
  }

  #retrying(run: Run): void {
    const state = this.#states.get(run.id);
    if (state?.name !== 'running')
      this.#wrong(run, `will be retried when ${state?.name ?? 'unknown'}`);
    if (run.outcome !== null) this.#wrong(run, 'will be retried and has an outcome');
    this.#states.set(run.id, { name: 'retrying', attempt: run.attempt });
  }

  #over(run: Run, outcomes: ReadonlySet<Outcome>): void {
    const state = this.#states.get(run.id);
    if (state?.name === 'over') this.#wrong(run, 'ends a second time');
    if (!state && run.outcome !== 'skipped') this.#wrong(run, 'ends and was never queued');
    if (run.outcome === null || !outcomes.has(run.outcome)) this.#wrong(run, 'ends the wrong way');
    if (run.state !== 'finished' || run.finishedAt === null) this.#wrong(run, 'ends unfinished');
    if (state?.name === 'queued' && state.attempt === 0 && run.outcome === 'succeeded')
      this.#wrong(run, 'succeeds and never started');
    this.#states.set(run.id, { name: 'over', attempt: run.attempt });
  }

  #wrong({ id, jobId, state, outcome }: Run, what: string): void {
    this.violations.push(`${jobId} ${id} (${state}, ${outcome ?? 'no outcome'}) ${what}`);
  }
}

interface State {
  readonly name: 'queued' | 'running' | 'retrying' | 'over';
  readonly attempt: number;
}

const SKIPPED: ReadonlySet<Outcome> = new Set(['skipped']);
const FINISHED: ReadonlySet<Outcome> = new Set([
  'succeeded',
  'partial',
  'failed',
  'timed-out',
  'cancelled',
  'interrupted',
]);
