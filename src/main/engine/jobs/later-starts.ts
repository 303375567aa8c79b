import type { SkipReason } from '../../../shared/run.ts';
import type { AttemptRunner } from './attempts.ts';
import type { JobGroups } from './job-groups.ts';
import type { LiveJob } from './live-job.ts';
import type { RunGroup } from './live-run.ts';
import { decideStart } from './overlap.ts';
import type { StartLine } from './start-line.ts';

export interface LaterStartsDeps {
  readonly attempts: Pick<AttemptRunner, 'skip'>;
  readonly groups: JobGroups;
  readonly line: Pick<StartLine, 'remove' | 'letGo' | 'dispatch'>;
  readonly job: (id: string) => LiveJob | undefined;
  /** How many more runs may join the line. */
  readonly room: () => number;
  readonly cancelAll: (groups: Iterable<RunGroup>) => void;
}

/**
 * Starts that somebody asked for at a later time. Until then they overlap with nothing, or a run that is wanted
 * tomorrow would silence its job until tomorrow; when the time has come, they are judged by what is under way then.
 */
export class LaterStarts {
  readonly #deps: LaterStartsDeps;

  constructor(deps: LaterStartsDeps) {
    this.#deps = deps;
  }

  /** The time of the group has come. */
  join(group: RunGroup): void {
    const { attempts, line } = this.#deps;
    group.isForLater = false;
    const runs = group.runs.filter(({ phase }) => phase.kind === 'delayed');
    for (const run of runs) line.remove(run);
    const refusal = this.#enter(group);
    if (refusal === null) line.letGo(group);
    else for (const run of runs) attempts.skip(run, refusal);
    line.dispatch();
  }

  /** Puts the group into the books, or says why not. */
  #enter(group: RunGroup): SkipReason | null {
    const { groups, job, room, cancelAll } = this.#deps;
    const [first] = group.runs;
    const definition = job(group.jobId)?.definition ?? first?.plan.job;
    if (!first || !definition) return null;
    const decision = decideStart(definition, first.row.trigger, groups);
    if (decision === 'skip') return 'overlap';
    if (room() <= 0) return 'queue-full';
    if (decision === 'replace') cancelAll(groups.before(group));
    const isFree = decision === 'start' || groups.activeOf(group.jobId) === 0;
    groups.enter(group, isFree ? 'start' : 'hold');
    return null;
  }
}
