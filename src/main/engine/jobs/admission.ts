import type { SkipReason } from '../../../shared/run.ts';
import type { Settings } from '../../../shared/settings.ts';
import type { Op, RunRow } from '../store/ops.ts';
import type { JobGroups } from './job-groups.ts';
import type { LiveJob } from './live-job.ts';
import type { LiveRun, RunGroup, RunPlan } from './live-run.ts';
import { newGroup, newRow, skipped } from './new-run.ts';
import { decideStart, type OverlapDecision } from './overlap.ts';
import { resolvePolicy } from './policy.ts';
import { spanOps } from './spans.ts';
import { beginsAt, isForLater, type SkippedSpan, type StartRequest } from './start.ts';

export interface AdmissionDeps {
  readonly now: number;
  readonly newId: (now: number) => string;
  readonly settings: Settings;
  readonly groups: JobGroups;
  /** null: the integration is gone. */
  readonly plan: RunPlan | null;
  /** How many more runs may join the line. */
  readonly room: number;
}

/**
 * Lets starts of one job in, or refuses them, and gathers what has to be written in one transaction. What it lets in
 * is in the books (`groups`) at once, so that the next start is judged by it.
 */
export class Admission {
  readonly ops: Op[] = [];
  readonly groups: RunGroup[] = [];
  readonly skippedRows: RunRow[] = [];
  /** Groups that are to be cancelled when this is on disk. */
  readonly replaced = new Set<RunGroup>();
  readonly #job: LiveJob;
  readonly #deps: AdmissionDeps;
  /** What the span before each group was, as if the group had never been let in. */
  readonly #spanBefore = new Map<RunGroup, LiveJob['openSpan']>();
  #room: number;

  constructor(job: LiveJob, deps: AdmissionDeps) {
    this.#job = job;
    this.#deps = deps;
    this.#room = deps.room;
  }

  /** What was let in. */
  get runs(): readonly LiveRun[] {
    const [first] = this.groups;
    return this.groups.length === 1 && first ? first.runs : this.groups.flatMap(({ runs }) => runs);
  }

  /** Runs and refusals, in the order in which they were asked for. */
  get ids(): string[] {
    return [...this.runs.map(({ id }) => id), ...this.skippedRows.map(({ id }) => id)];
  }

  addStart(request: StartRequest): void {
    const { plan, now } = this.#deps;
    if (!plan) return;
    const isLater = isForLater(request.trigger, beginsAt(request, now), now);
    const decision = isLater
      ? 'later'
      : decideStart(this.#job.definition, request.trigger, this.#deps.groups);
    if (decision === 'skip') this.#refuse(request, 'overlap');
    else if (this.#room <= 0) this.#refuse(request, 'queue-full');
    else this.#letIn(request, plan, decision);
  }

  addSpan(span: SkippedSpan): void {
    const request = { trigger: span.trigger, triggeredBy: null, scheduledFor: span.from };
    const { op, openSpan, row } = spanOps(
      this.#job.openSpan,
      span,
      () => this.#row(request, 1),
      this.#deps.now,
    );
    this.ops.push(op);
    if (row) this.skippedRows.push(row);
    this.#job.openSpan = openSpan;
  }

  /** The transaction, with the rows as they are now. */
  allOps(): Op[] {
    const inserts: Op[] = this.runs.map((run) => ({ kind: 'run.insert', run: run.row }));
    return [...inserts, ...this.ops];
  }

  #letIn(
    request: StartRequest,
    plan: RunPlan,
    decision: Exclude<OverlapDecision, 'skip'> | 'later',
  ): void {
    const { now, newId } = this.#deps;
    const group = newGroup(this.#job, request, plan, { now, newId });
    if (decision !== 'later') this.#enter(group, decision);
    this.groups.push(group);
    this.#room -= group.runs.length;
  }

  #enter(group: RunGroup, decision: Exclude<OverlapDecision, 'skip'>): void {
    const { groups } = this.#deps;
    if (decision === 'replace') this.#replaceBefore(group);
    this.#spanBefore.set(group, this.#job.openSpan);
    this.#job.openSpan = null;
    const isFree = groups.activeOf(group.jobId) === 0;
    groups.enter(group, decision === 'replace' && isFree ? 'start' : decision);
  }

  /** Of several starts in one transaction only the last is meant to run; the others never begin. */
  #replaceBefore(newest: RunGroup): void {
    const own: RunGroup[] = [];
    for (const earlier of this.#deps.groups.before(newest)) {
      if (this.groups.includes(earlier)) own.push(earlier);
      else this.replaced.add(earlier);
    }
    const [first] = own;
    if (first) this.#job.openSpan = this.#spanBefore.get(first) ?? null;
    for (const earlier of own) {
      this.groups.splice(this.groups.indexOf(earlier), 1);
      this.#room += earlier.runs.length;
      this.#deps.groups.leave(earlier);
      this.#coalesce(earlier);
    }
  }

  #coalesce({ runs }: RunGroup): void {
    const row = runs[0]?.row;
    if (!row) return;
    const { trigger, triggeredBy, scheduledFor } = row;
    this.#refuse({ trigger, triggeredBy, scheduledFor, input: row.input }, 'coalesced');
  }

  /** A start that nobody waits for becomes part of a span; one that somebody asked for gets rows of its own. */
  #refuse(request: StartRequest, reason: SkipReason): void {
    const { trigger, scheduledFor } = request;
    if (scheduledFor !== null) {
      this.addSpan({ reason, trigger, from: scheduledFor, until: scheduledFor, occurrences: 1 });
      return;
    }
    for (let instance = 1; instance <= this.#job.definition.instances; instance++) {
      const row = skipped(this.#row(request, instance), reason, this.#deps.now);
      this.skippedRows.push(row);
      this.ops.push({ kind: 'run.insert', run: row });
    }
    this.#job.openSpan = null;
  }

  #row(request: StartRequest, instance: number): RunRow {
    const { now, newId, settings } = this.#deps;
    const priority = request.priority ?? resolvePolicy(this.#job.definition, settings).priority;
    return newRow(this.#job, request, { id: newId(now), now, instance, priority });
  }
}
