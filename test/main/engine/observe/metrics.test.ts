import { describe, expect, it, onTestFinished } from 'vitest';
import { EventHub } from '../../../../src/main/engine/observe/events.ts';
import { Metrics, type LiveFigures } from '../../../../src/main/engine/observe/metrics.ts';
import { NO_COUNTS } from '../../../../src/shared/run.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleRun } from '../../../support/sample-run.ts';

const figures: LiveFigures = {
  state: 'running',
  running: 2,
  queued: { low: 0, normal: 5, high: 1, critical: 0 },
  jobs: { total: 3, enabled: 2 },
  store: { lsn: 9, journalBytes: 10, snapshotBytes: 11, databaseBytes: 12, records: 13, runs: 14 },
};

function createMetrics(live: () => LiveFigures = () => figures) {
  const errors: unknown[] = [];
  const hub = new EventHub({
    clock: new ManualClock(),
    onListenerError: (error) => errors.push(error),
  });
  const metrics = new Metrics(hub, live);
  onTestFinished(() => metrics.stop());
  const samples = async () => parsePrometheus((await metrics.page()).text);
  return { hub, metrics, samples, errors };
}

/** The text format 0.0.4, line by line; what does not fit it is an error. */
function parsePrometheus(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, typed] = /^# TYPE (\w+) (?:counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (typed !== undefined) {
      expect(types, `TYPE of ${typed} is told once`).not.toContain(typed);
      types.add(typed);
      continue;
    }
    const [, series, value] =
      /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line) ?? [];
    expect(series, line).toBeDefined();
    expect(samples.has(series!), `${series} is told once`).toBe(false);
    samples.set(series!, value === '+Inf' ? Infinity : Number(value));
  }
  return samples;
}

describe('Metrics', () => {
  it('count runs by job and outcome, and time them in seconds', async () => {
    const { hub, samples, metrics, errors } = createMetrics();
    hub.emit('run.queued', { run: sampleRun() });
    hub.emit('run.finished', { run: sampleRun() });
    hub.emit('run.finished', { run: sampleRun({ durationMs: 2000 }) });
    const found = await samples();
    expect(found.get('scheduler_jobs_executed_total{job="coins-30s",status="succeeded"}')).toBe(2);
    expect(found.get('scheduler_jobs_scheduled_total')).toBe(1);
    expect(found.get('scheduler_execution_duration_sum{job="coins-30s"}')).toBeCloseTo(2.1234);
    expect(found.get('scheduler_execution_duration_bucket{le="0.5",job="coins-30s"}')).toBe(1);
    expect(metrics.durations).toEqual({ count: 2, total: expect.closeTo(2.1234), max: 2 });
    expect(errors).toEqual([]);
  });

  it('count failures by the kind of error, or by the outcome when there is none', async () => {
    const { hub, samples } = createMetrics();
    const error = { code: 'http-status', kind: 'config', message: '401' } as const;
    hub.emit('run.finished', { run: sampleRun({ outcome: 'failed', error }) });
    hub.emit('run.finished', { run: sampleRun({ outcome: 'timed-out' }) });
    hub.emit('run.finished', { run: sampleRun({ outcome: 'cancelled' }) });
    const found = await samples();
    const failed = [...found].filter(([name]) => name.startsWith('scheduler_jobs_failed_total'));
    expect(failed).toEqual([
      ['scheduler_jobs_failed_total{job="coins-30s",reason="config"}', 1],
      ['scheduler_jobs_failed_total{job="coins-30s",reason="timed-out"}', 1],
    ]);
  });

  it('measure how late scheduled runs start', async () => {
    const { hub, samples } = createMetrics();
    hub.emit('run.started', { run: sampleRun() });
    hub.emit('run.started', { run: sampleRun({ trigger: 'manual' }) });
    hub.emit('run.started', { run: sampleRun({ attempt: 2 }) });
    const found = await samples();
    expect(found.get('pontual_run_lateness_seconds_count')).toBe(1);
    expect(found.get('pontual_run_lateness_seconds_sum')).toBeCloseTo(0.002);
  });

  it('count what became of records, and time each step', async () => {
    const { hub, samples } = createMetrics();
    hub.emitInternal('page.stored', {
      wasRead: true,
      run: { runId: 'r', jobId: 'j', integrationId: 'coins', attempt: 1, instance: 1 },
      page: {
        page: 1,
        url: '',
        status: 200,
        bytes: 7,
        records: 4,
        startMs: 0,
        stepMs: { request: 20 },
      },
      counts: { ...NO_COUNTS, bytes: 7, new: 3, invalid: 1 },
      totalPages: null,
    });
    hub.emitInternal('store.committed', { ms: 2, ops: 3 });
    const found = await samples();
    expect(found.get('pontual_records_total{integration="coins",result="new"}')).toBe(3);
    expect(found.get('pontual_records_total{integration="coins",result="invalid"}')).toBe(1);
    expect(found.get('pontual_response_bytes_total{integration="coins"}')).toBe(7);
    expect(found.get('pontual_step_duration_seconds_sum{step="request"}')).toBeCloseTo(0.02);
    expect(found.get('pontual_store_commit_seconds_count')).toBe(1);
  });

  it('read gauges when they are asked for', async () => {
    let current = figures;
    const { samples } = createMetrics(() => current);
    expect((await samples()).get('scheduler_active_jobs_gauge')).toBe(2);
    current = { ...figures, running: 7, state: 'paused' };
    const found = await samples();
    expect(found.get('scheduler_active_jobs_gauge')).toBe(7);
    expect(found.get('scheduler_queue_size{priority="normal"}')).toBe(5);
    expect(found.get('pontual_state{state="paused"}')).toBe(1);
    expect(found.get('pontual_state{state="running"}')).toBe(0);
    expect(found.get('pontual_store_journal_bytes')).toBe(10);
    expect(found.get('pontual_jobs{kind="enabled"}')).toBe(2);
  });

  it('tell of the process too: memory and event loop', async () => {
    const found = await createMetrics().samples();
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(found.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });

  it('stay readable whatever a name holds', async () => {
    const { hub, samples } = createMetrics();
    const reason = 'a"b\\c\nd{e="f"} 1';
    hub.emit('run.skipped', { run: sampleRun({ reason }) });
    const names = [...(await samples()).keys()];
    expect(names).toContain(
      'pontual_runs_skipped_total{job="coins-30s",reason="a\\"b\\\\c\\nd{e=\\"f\\"} 1"}',
    );
  });

  it('forget a job that is deleted', async () => {
    const { hub, samples } = createMetrics();
    hub.emit('run.finished', { run: sampleRun() });
    hub.emit('run.finished', { run: sampleRun({ jobId: 'other-job' }) });
    await samples();
    hub.emit('job.changed', { jobId: 'coins-30s', deleted: true });
    await samples();
    const names = [...(await samples()).keys()];
    expect(names.filter((name) => name.includes('coins-30s'))).toEqual([]);
    expect(names.filter((name) => name.includes('other-job'))).not.toEqual([]);
  });

  it('stay small with very many jobs', async () => {
    const { hub, samples } = createMetrics();
    for (let i = 0; i < 1500; i++)
      hub.emit('run.finished', { run: sampleRun({ jobId: `job-${i}` }) });
    const found = await samples();
    expect(found.get('scheduler_execution_duration_count{job="other"}')).toBe(500);
  });
});
