import type { EventPayload } from '../../../../shared/events.ts';
import {
  NO_COUNTS,
  STEPS,
  type Counts,
  type Outcome,
  type Run,
  type RunError,
  type StepMs,
} from '../../../../shared/run.ts';
import { rounded, toIso } from '../../clock.ts';
import type { InternalEvents, LogLevel, RunRef } from '../internal-events.ts';
import {
  fieldsOf,
  type FieldValues,
  type LogEntry,
  type LogFields,
  type PutFields,
} from './log-line.ts';

const STEP_FIELDS = STEPS.map((step) => [step, `${step}Ms`] as const);
const COUNTERS = Object.keys(NO_COUNTS) as readonly (keyof Counts)[];

/** What each event says in the log. Pure; the instant is added by who writes. */
export type EventLine = Omit<LogEntry, 'at'>;

export function queuedLine({ run }: EventPayload<'run.queued'>): EventLine {
  return ofRun(run, 'debug', `Queued by ${run.trigger}`, (fields) => {
    addDue(fields, run);
    fields.add('priority', run.priority);
    if (run.retryOf !== null) fields.add('retryOf', run.retryOf);
  });
}

export function startedLine({ run }: EventPayload<'run.started'>): EventLine {
  return ofRun(run, 'info', `Attempt ${run.attempt} started by ${run.trigger}`, (fields) => {
    fields.add('integration', run.integrationId);
    addDue(fields, run);
    fields.add('instance', run.instance);
  });
}

export function pageLine(stored: InternalEvents['page.stored']): EventLine {
  const { page, counts, totalPages } = stored;
  const what = page.notModified
    ? 'not modified'
    : `${counts.valid} of ${counts.received} records valid`;
  const message = stored.wasRead
    ? `Page ${page.page} stored: ${what}`
    : `Page ${page.page} could not be read`;
  return ofRef(stored.run, stored.wasRead ? 'info' : 'warn', message, (fields) => {
    fields.add('page', page.page);
    if (totalPages !== null) fields.add('pages', totalPages);
    fields.add('url', page.url);
    fields.add('status', page.status);
    fields.add('startMs', rounded(page.startMs));
    addCounts(fields, counts);
    addSteps(fields, page.stepMs);
  });
}

export function waitingLine({ run, reason, untilMs }: InternalEvents['run.waiting']): EventLine {
  return ofRef(run, 'info', `Waiting for the ${reason}`, (fields) => {
    fields.add('reason', reason);
    if (untilMs !== null) fields.add('until', toIso(untilMs));
  });
}

/** Of an only attempt that succeeded the line of its run, which is the next one, says it all. */
export function attemptLine(ended: InternalEvents['attempt.finished']): EventLine | null {
  const { run, outcome, error, durationMs, stepMs } = ended;
  if (outcome === 'succeeded' && run.attempt === 1) return null;
  const why = error === null ? '' : `: ${error.message}`;
  const message = `Attempt ${run.attempt} ended as ${outcome}${why}`;
  return ofRef(run, levelOf(outcome), message, (fields) => {
    fields.add('outcome', outcome);
    fields.add('durationMs', rounded(durationMs));
    addError(fields, error);
    addSteps(fields, stepMs);
  });
}

export function retryingLine({ run }: EventPayload<'run.retrying'>): EventLine {
  return ofRun(run, 'warn', `Attempt ${run.attempt} will be followed by another`, (fields) => {
    fields.add('nextRetryAt', run.nextRetryAt);
    addError(fields, run.error);
  });
}

export function finishedLine({ run }: EventPayload<'run.finished'>): EventLine {
  const outcome = run.outcome ?? 'interrupted';
  const why = run.error === null ? '' : `: ${run.error.message}`;
  return ofRun(run, levelOf(outcome), `Run ended as ${outcome}${why}`, (fields) => {
    fields.add('outcome', outcome);
    fields.add('durationMs', run.durationMs === null ? null : rounded(run.durationMs));
    addCounts(fields, run.counts);
    addError(fields, run.error);
    addSteps(fields, run.stepMs);
  });
}

export function skippedLine({ run }: EventPayload<'run.skipped'>): EventLine {
  return ofRun(run, 'info', `Skipped: ${run.reason ?? 'no reason given'}`, (fields) => {
    fields.add('reason', run.reason);
    addDue(fields, run);
    if (run.scheduledUntil !== null) fields.add('scheduledUntil', run.scheduledUntil);
    fields.add('occurrences', run.occurrences);
  });
}

export function jobLine({ jobId, deleted }: EventPayload<'job.changed'>): EventLine {
  return ofProgram('info', `Job ${jobId} was ${deleted ? 'deleted' : 'saved'}`, { jobId });
}

export function integrationLine({
  integrationId,
  deleted,
}: EventPayload<'integration.changed'>): EventLine {
  return ofProgram('info', `Integration ${integrationId} was ${deleted ? 'deleted' : 'saved'}`, {
    integrationId,
  });
}

export function stateLine({ status }: EventPayload<'status.changed'>): EventLine {
  const why = status.stateReason ?? status.pauseReason;
  return ofProgram('info', `The program is ${status.state}${why === null ? '' : `: ${why}`}`, {
    state: status.state,
    ...(status.pausedUntil === null ? {} : { pausedUntil: status.pausedUntil }),
  });
}

export function degradedLine({ state, reason }: EventPayload<'store.degraded'>): EventLine {
  const level = state === 'degraded' || state === 'read-only' ? 'error' : 'info';
  return ofProgram(level, `The store is ${state}: ${reason}`, { state });
}

/** What is told of an attempt stands in the log of its run, everything else in that of the program. */
export function noticeLine({ level, message, fields }: InternalEvents['notice']): EventLine {
  const { jobId, runId, attempt, ...others } = fields;
  if (typeof jobId !== 'string' || typeof runId !== 'string' || typeof attempt !== 'number')
    return ofProgram(level, message, fields);
  return { level, jobId, runId, attempt, message, fields: fieldsOf(others) };
}

function ofRun(run: Run, level: LogLevel, message: string, fields: PutFields): EventLine {
  const attempt = run.attempt === 0 ? null : run.attempt;
  return { level, jobId: run.jobId, runId: run.id, attempt, message, fields };
}

function ofRef(run: RunRef, level: LogLevel, message: string, fields: PutFields): EventLine {
  return { level, jobId: run.jobId, runId: run.runId, attempt: run.attempt, message, fields };
}

function ofProgram(level: LogLevel, message: string, values: FieldValues): EventLine {
  return { level, jobId: null, runId: null, attempt: null, message, fields: fieldsOf(values) };
}

function levelOf(outcome: Outcome): LogLevel {
  if (outcome === 'failed' || outcome === 'timed-out') return 'error';
  return outcome === 'partial' || outcome === 'interrupted' ? 'warn' : 'info';
}

function addDue(fields: LogFields, { scheduledFor }: Run): void {
  if (scheduledFor !== null) fields.add('scheduledFor', scheduledFor);
}

/** Only what happened: a line of zeros says nothing. */
function addCounts(fields: LogFields, counts: Counts): void {
  for (const name of COUNTERS) if (counts[name] > 0) fields.add(name, counts[name]);
}

function addSteps(fields: LogFields, stepMs: StepMs): void {
  for (const [step, name] of STEP_FIELDS) {
    const ms = stepMs[step];
    if (ms !== undefined) fields.add(name, rounded(ms));
  }
}

function addError(fields: LogFields, error: RunError | null): void {
  if (error === null) return;
  const { code, kind, status, retryAfterMs, field, excerpt } = error;
  fields.add('errorCode', code);
  fields.add('errorKind', kind);
  if (status !== undefined) fields.add('errorStatus', status);
  if (retryAfterMs !== undefined) fields.add('retryAfterMs', retryAfterMs);
  if (field !== undefined) fields.add('errorField', field);
  if (excerpt !== undefined) fields.add('excerpt', excerpt);
}
