import { parse as parseLossless, stringify as losslessText } from 'lossless-json';
import { contract, type CommandInput } from '../../shared/contract.ts';
import type { Translate } from '../../shared/i18n/index.ts';
import type { Job } from '../../shared/job.ts';
import type { DataRecord } from '../../shared/record.ts';
import type { Run } from '../../shared/run.ts';
import { spoken } from '../../shared/sentences.ts';
import { type Status, whyNotRunning } from '../../shared/status.ts';
import { sleep } from '../engine/clock.ts';
import type { Context } from './context.ts';
import { commandRequest, reachWell } from './rest-client.ts';
import { firstRecords } from './first-records.ts';
import { headings } from './headings.ts';
import { fields, table } from './table.ts';
import { show, showList } from './terminal.ts';

/** The commands that only ask, or change one thing and show it. */

const WATCH_EVERY_MS = 1000;
const PAGE = 500;

export async function status(
  context: Context,
  { watch }: { readonly watch: boolean },
): Promise<void> {
  const { api, terminal, clock, json } = context;
  let last = '';
  for (;;) {
    const answer = await api.status({});
    const text = JSON.stringify(answer);
    if (text !== last) show(terminal, json, answer, (one) => statusText(one, context));
    if (!watch) return;
    last = text;
    await sleep(clock, WATCH_EVERY_MS);
  }
}

export async function jobs(context: Context): Promise<void> {
  const { api } = context;
  const items = await all((cursor) => api['jobs.list']({ limit: PAGE, ...cursor }));
  showList(context, items, jobsText);
}

export async function integrations(context: Context): Promise<void> {
  const { api } = context;
  const items = await all((cursor) => api['integrations.list']({ limit: PAGE, ...cursor }));
  showList(context, items, (list, t) =>
    table(
      headings(t, 'id', 'name', 'method', 'url'),
      list.map(({ id, name, request }) => [id, name, request.method, request.url]),
    ),
  );
}

interface RunOptions {
  readonly job?: string;
  readonly state?: Run['state'];
  readonly outcome?: NonNullable<Run['outcome']>;
  readonly limit: number;
}

export async function runs(context: Context, options: RunOptions): Promise<void> {
  const { api } = context;
  const { job, limit: most, ...filter } = options;
  const limit = Math.min(most, PAGE);
  const input: CommandInput<'runs.list'> = {
    ...filter,
    ...(job === undefined ? {} : { jobId: job }),
  };
  const items = await all((cursor) => api['runs.list']({ ...input, limit, ...cursor }), most);
  showList(context, items, runsText);
}

interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly follow: boolean;
}

export async function logs(
  { api, terminal, clock, json }: Context,
  id: string,
  { level, follow }: LogOptions,
): Promise<void> {
  const format = json ? 'jsonl' : 'text';
  let written = 0;
  for (;;) {
    // Asked first: what the run says at its very end is then in the log that is read after.
    const { state } = await api['runs.get']({ id });
    const text = await api['runs.log']({ id, format, level });
    terminal.write(text.slice(written));
    written = text.length;
    if (!follow || state === 'finished') return;
    await sleep(clock, WATCH_EVERY_MS);
  }
}

interface RecordOptions {
  readonly integration?: string;
  readonly change?: DataRecord['change'];
  /** Not said: a screenful, or the whole of a file. */
  readonly limit?: number;
  readonly format?: 'csv' | 'jsonl';
}

const SCREENFUL = 20;

export async function records(context: Context, options: RecordOptions): Promise<void> {
  const { terminal, json, t } = context;
  const { integration, change, limit, format } = options;
  const input: CommandInput<'records.list'> = {
    ...(integration === undefined ? {} : { integrationId: integration }),
    ...(change === undefined ? {} : { change }),
  };
  if (format !== undefined) {
    const text = exported(context, { ...input, format });
    for await (const piece of limit === undefined ? text : firstRecords(text, limit, format))
      terminal.write(piece);
    return;
  }
  let text = '';
  const wanted = { ...input, format: 'jsonl' } as const;
  for await (const piece of firstRecords(exported(context, wanted), limit ?? SCREENFUL, 'jsonl'))
    text += piece;
  const lines = text.split('\n').filter((line) => line !== '');
  if (json) terminal.write(lines.length === 0 ? '[]\n' : `[\n  ${lines.join(',\n  ')}\n]\n`);
  else terminal.write(`${lines.length === 0 ? t('cli.nothing') : recordsText(lines, t)}\n`);
}

/** From JSON lines, because a number that is longer than a double keeps its digits only as text. */
function recordsText(lines: readonly string[], t: Translate): string {
  return table(
    headings(t, 'integration', 'key', 'change', 'changedAt', 'data'),
    lines.map((line) => {
      // The engine wrote it, in the shape of the contract.
      const record = parseLossless(line) as DataRecord;
      const { integrationId, key, change, changedAt, data } = record;
      return [integrationId, key, change, changedAt, short(losslessText(data) ?? '')];
    }),
  );
}

async function* exported(
  { endpoint, locale }: Context,
  input: CommandInput<'records.list'>,
): AsyncGenerator<string> {
  const { path, headers } = commandRequest(contract['records.list'], { ...input, locale });
  const response = await reachWell(endpoint, path, { headers });
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const chunk of response.body ?? [])
    yield decoder.decode(chunk as Uint8Array, { stream: true });
  yield decoder.decode();
}

interface PauseOptions {
  readonly until?: string;
  readonly reason?: string;
}

export async function pause(
  context: Context,
  job: string | undefined,
  how: PauseOptions,
): Promise<void> {
  const { api } = context;
  if (job === undefined) showStatus(context, await api.pause(how));
  else showJob(context, await api['jobs.pause']({ id: job, ...how }));
}

export async function resume(context: Context, job?: string): Promise<void> {
  const { api } = context;
  if (job === undefined) showStatus(context, await api.resume({}));
  else showJob(context, await api['jobs.resume']({ id: job }));
}

function showStatus(context: Context, status: Status): void {
  show(context.terminal, context.json, status, (one) => statusText(one, context));
}

function showJob({ terminal, json, t }: Context, job: Job): void {
  show(terminal, json, job, (one) => jobsText([one], t));
}

/** Follows a list to its end, or until there are `most` items. */
async function all<T>(
  page: (cursor: {
    cursor?: string;
  }) => Promise<{ items: readonly T[]; nextCursor: string | null }>,
  most = Infinity,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const answer = await page(cursor === null ? {} : { cursor });
    items.push(...answer.items);
    cursor = answer.nextCursor;
  } while (cursor !== null && items.length < most);
  return items.slice(0, most);
}

function statusText(status: Status, { t, locale }: Pick<Context, 't' | 'locale'>): string {
  const why = whyNotRunning(status);
  const until =
    status.pausedUntil === null ? '' : ` ${t('cli.until', { instant: status.pausedUntil })}`;
  const next = status.nextRun;
  const { enabled, total } = status.jobs;
  return fields([
    [
      t('cli.status.state'),
      `${status.state}${until}${why === null ? '' : ` (${spoken(why, locale)})`}`,
    ],
    [t('cli.status.version'), status.version],
    [t('cli.status.started'), status.startedAt],
    [t('cli.status.running'), status.running],
    [t('cli.status.queued'), status.queued],
    [t('cli.status.jobs'), t('cli.enabledOf', { enabled, total })],
    [
      t('cli.status.nextRun'),
      next === null ? null : t('cli.jobAt', { job: next.jobId, instant: next.at }),
    ],
    [t('cli.status.records'), status.store.records],
    [t('cli.status.runs'), status.store.runs],
    [t('cli.status.failures'), status.failures.last24h],
  ]);
}

function jobsText(list: readonly Job[], t: Translate): string {
  return table(
    headings(t, 'id', 'name', 'state', 'nextRun', 'lastRun', 'outcome'),
    list.map((job) => [
      job.id,
      job.name,
      job.state,
      job.nextRunAt,
      job.lastRun?.startedAt,
      job.lastRun?.outcome,
    ]),
  );
}

export function runsText(list: readonly Run[], t: Translate): string {
  const counts = ['new', 'changed', 'invalid'] as const;
  return table(
    headings(t, 'id', 'job', 'trigger', 'state', 'outcome', 'created', 'ms', ...counts, 'error'),
    list.map((run) => [
      run.id,
      run.jobId,
      run.trigger,
      run.state,
      run.outcome,
      run.createdAt,
      run.durationMs === null ? null : Math.round(run.durationMs),
      ...counts.map((name) => run.counts[name]),
      run.error?.message ?? run.reason,
    ]),
  );
}

const MOST_DATA = 80;

function short(text: string): string {
  return text.length <= MOST_DATA ? text : `${text.slice(0, MOST_DATA - 1)}…`;
}
