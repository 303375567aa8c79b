import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_COUNTS } from '../../../../../src/shared/run.ts';
import type { Status } from '../../../../../src/shared/status.ts';
import { EventHub } from '../../../../../src/main/engine/observe/events.ts';
import { Logs } from '../../../../../src/main/engine/observe/log/logs.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { sampleRun } from '../../../../support/sample-run.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const start = Date.parse('2026-11-21T12:00:00.000Z');
const ref = { runId: '01J8XK5Q2V', jobId: 'coins-30s', integrationId: 'coins', instance: 1 };
const jobFile = 'coins-30s/2026-11-21.txt';
const span = { runId: ref.runId, jobId: ref.jobId, from: start, until: start + 125 };

async function startLogs(options: { folder?: string; mask?: (text: string) => string } = {}) {
  const folder = options.folder ?? join(await temporaryFolder(), 'logs');
  const clock = new ManualClock(start);
  const errors: unknown[] = [];
  const hub = new EventHub({ clock, onListenerError: (error) => errors.push(error) });
  const logs = new Logs({
    clock,
    folder,
    hub,
    mask: options.mask ?? ((text) => text),
    retention: () => ({ logDays: 30, logBytes: 1024 ** 3 }),
  });
  await logs.start();
  onTestFinished(() => logs.stop());
  const read = async (path: string) => {
    await logs.flush();
    return readFile(join(folder, path), 'utf8');
  };
  return { logs, hub, clock, read, errors, folder };
}

/** What the hub tells of one run with one page, one failed attempt before it, and its end. */
function tellOneRun(hub: EventHub): void {
  const run = sampleRun();
  hub.emit('run.queued', { run: sampleRun({ attempt: 0 }) });
  hub.emit('run.started', { run });
  hub.emitInternal('attempt.finished', {
    run: { ...ref, attempt: 1 },
    outcome: 'failed',
    error: {
      code: 'http-status',
      kind: 'transient',
      message: 'The API answered 503.',
      status: 503,
    },
    durationMs: 12.3456,
    stepMs: { request: 11.1 },
  });
  hub.emit('run.retrying', { run: { ...run, nextRetryAt: '2026-11-21T12:01:00.000Z' } });
  hub.emitInternal('page.stored', {
    wasRead: true,
    run: { ...ref, attempt: 2 },
    page: {
      page: 1,
      url: 'https://api.example.com/items?page=1',
      status: 200,
      bytes: 1234,
      records: 100,
      startMs: 0.25,
      stepMs: { connect: 1.1, request: 20.3456 },
    },
    counts: { ...NO_COUNTS, received: 100, valid: 98, invalid: 2 },
    totalPages: 3,
  });
  hub.emit('run.finished', { run: { ...run, attempt: 2 } });
}

describe('Logs', () => {
  it('write a line for each event of a run, with each step and its milliseconds', async () => {
    const { hub, read, errors } = await startLogs();
    tellOneRun(hub);
    const lines = (await read(jobFile)).trimEnd().split('\n');
    expect(lines).toEqual([
      '2026-11-21T12:00:00.000Z DEBUG 01J8XK5Q2V Queued by schedule | scheduledFor=2026-11-21T12:00:00.000Z priority=normal',
      '2026-11-21T12:00:00.000Z INFO  01J8XK5Q2V#1 Attempt 1 started by schedule | integration=coins scheduledFor=2026-11-21T12:00:00.000Z instance=1',
      '2026-11-21T12:00:00.000Z ERROR 01J8XK5Q2V#1 Attempt 1 ended as failed: The API answered 503. | outcome=failed durationMs=12.346 errorCode=http-status errorKind=transient errorStatus=503 requestMs=11.1',
      '2026-11-21T12:00:00.000Z WARN  01J8XK5Q2V#1 Attempt 1 will be followed by another | nextRetryAt=2026-11-21T12:01:00.000Z',
      '2026-11-21T12:00:00.000Z INFO  01J8XK5Q2V#2 Page 1 stored: 98 of 100 records valid | page=1 pages=3 url="https://api.example.com/items?page=1" status=200 startMs=0.25 received=100 valid=98 invalid=2 connectMs=1.1 requestMs=20.346',
      '2026-11-21T12:00:00.000Z INFO  01J8XK5Q2V#2 Run ended as succeeded | outcome=succeeded durationMs=123.4 requests=3 received=100 valid=98 invalid=2 new=98 waitMs=0.4 requestMs=20.346 persistMs=5.1',
    ]);
    expect(errors).toEqual([]);
  });

  it('write one line for a span of skipped instants', async () => {
    const { hub, read } = await startLogs();
    const run = sampleRun({
      attempt: 0,
      outcome: 'skipped',
      reason: 'paused',
      scheduledUntil: '2026-11-21T13:00:00.000Z',
      occurrences: 121,
    });
    hub.emit('run.skipped', { run });
    expect(await read(jobFile)).toContain(
      'INFO  01J8XK5Q2V Skipped: paused | reason=paused scheduledFor=2026-11-21T12:00:00.000Z scheduledUntil=2026-11-21T13:00:00.000Z occurrences=121',
    );
  });

  it('write what concerns the program into app.log, a state only when it is another one', async () => {
    const { hub, read } = await startLogs();
    const status = { state: 'running', stateReason: null, pauseReason: null, pausedUntil: null };
    // The log reads these fields of a status only.
    const tell = (different: object) =>
      hub.emit('status.changed', { status: { ...status, ...different } as Status });
    tell({ running: 1 });
    tell({ running: 2 });
    tell({ state: 'paused', pauseReason: 'holiday' });
    hub.emit('store.degraded', { state: 'degraded', reason: 'The disk is full.' });
    hub.emit('job.changed', { jobId: 'coins-30s', deleted: true });
    hub.emitInternal('notice', { level: 'warn', message: 'The clock jumped.', fields: { ms: 9 } });
    const texts = (await read('app.log')).trimEnd().split('\n');
    expect(texts.map((line) => line.slice('2026-11-21T12:00:00.000Z '.length))).toEqual([
      'INFO  - The program is running | state=running',
      'INFO  - The program is paused: holiday | state=paused',
      'ERROR - The store is degraded: The disk is full. | state=degraded',
      'INFO  - Job coins-30s was deleted | jobId=coins-30s',
      'WARN  - The clock jumped. | ms=9',
    ]);
  });

  it('keep what is told of an attempt in the log of its run', async () => {
    const { hub, read } = await startLogs();
    const fields = { jobId: 'coins-30s', runId: 'r1', attempt: 2, page: 3 };
    hub.emitInternal('notice', { level: 'warn', message: 'The path found nothing.', fields });
    const paused = { jobId: 'coins-30s', runId: 'r1' };
    hub.emitInternal('notice', { level: 'warn', message: 'Paused.', fields: paused });
    expect(await read('app.log')).toContain('Paused.');
    expect(await read('app.log')).not.toContain('The path');
    expect(await read(jobFile)).toMatch(/WARN .*r1.*The path found nothing\. \| page=3/);
  });

  it('take what other code says through electron-log', async () => {
    const { logs, read } = await startLogs();
    logs.logger.warn('%d windows,\nno %s', 2, 'tray');
    expect(await read('app.log')).toBe('2026-11-21T12:00:00.000Z WARN  - 2 windows,\\nno tray\n');
  });

  it('mask what must not be written', async () => {
    const { hub, read } = await startLogs({ mask: (text) => text.replaceAll('hunter2', '***') });
    const fields = { url: 'https://api.example.com/?key=hunter2', deep: { list: ['hunter2'] } };
    hub.emitInternal('notice', { level: 'info', message: 'Sent hunter2', fields });
    const text = await read('app.log');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('Sent *** | url="https://api.example.com/?key=***"');
  });

  it('close a log folder that stood open', async () => {
    const folder = join(await temporaryFolder(), 'logs');
    await mkdir(folder);
    await chmod(folder, 0o777);
    await startLogs({ folder });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('answer the log of one run, latest lines included', async () => {
    const { logs, hub } = await startLogs();
    hub.emit('run.started', { run: sampleRun({ id: 'stranger' }) });
    tellOneRun(hub);
    const text = await logs.runLog(span, { format: 'text', level: 'debug' });
    expect(text.trimEnd().split('\n')).toHaveLength(6);
    expect(text).not.toContain('stranger');
  });

  it('answer the log of one run as JSON lines of a level', async () => {
    const { logs, hub } = await startLogs();
    tellOneRun(hub);
    const text = await logs.runLog(span, { format: 'jsonl', level: 'warn' });
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', attempt: 1 }),
      {
        at: '2026-11-21T12:00:00.000Z',
        level: 'warn',
        runId: ref.runId,
        attempt: 1,
        message: 'Attempt 1 will be followed by another',
        fields: { nextRetryAt: '2026-11-21T12:01:00.000Z' },
      },
    ]);
  });

  it('answer nothing for a run whose files are gone', async () => {
    const { logs } = await startLogs();
    expect(await logs.runLog(span, { format: 'text', level: 'debug' })).toBe('');
  });

  it('read a run that goes over midnight and over files that were put aside', async () => {
    const { logs, folder } = await startLogs();
    const line = (at: string, text: string) => `${at} INFO  ${ref.runId}#1 ${text}\n`;
    await mkdir(join(folder, 'coins-30s'));
    await writeFile(join(folder, jobFile), line('2026-11-21T23:59:59.000Z', 'second'));
    const part = jobFile.replace('.txt', '.1.txt');
    await writeFile(join(folder, part), line('2026-11-21T23:59:58.000Z', 'first'));
    const nextDay = jobFile.replace('21.txt', '22.txt');
    await writeFile(join(folder, nextDay), line('2026-11-22T00:00:01.000Z', 'third'));
    const text = await logs.runLog(
      {
        ...span,
        from: Date.parse('2026-11-21T23:59:58.000Z'),
        until: Date.parse('2026-11-22T00:00:01.000Z'),
      },
      { format: 'text', level: 'debug' },
    );
    expect(text.match(/first|second|third/g)).toEqual(['first', 'second', 'third']);
  });

  it('stop listening and writing when they are stopped', async () => {
    const { logs, hub, read, clock } = await startLogs();
    hub.emit('run.started', { run: sampleRun() });
    await logs.stop();
    await logs.stop();
    hub.emit('run.finished', { run: sampleRun() });
    expect((await read(jobFile)).trimEnd().split('\n')).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
