import { expect, it, onTestFinished } from 'vitest';
import { EventHub } from '../../../../src/main/engine/observe/events.ts';
import { SummaryOfMetrics } from '../../../../src/main/engine/observe/metrics-summary.ts';
import { metricsSummarySchema } from '../../../../src/shared/insight.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleRun } from '../../../support/sample-run.ts';

function createSummary() {
  const clock = new ManualClock();
  const hub = new EventHub({ clock, onListenerError: (error) => expect.fail(String(error)) });
  const summary = new SummaryOfMetrics({
    hub,
    clock,
    live: () => ({
      state: 'running',
      running: 2,
      queued: { low: 1, normal: 5, high: 0, critical: 0 },
      jobs: { total: 3, enabled: 2 },
      store: { lsn: 9, journalBytes: 1, snapshotBytes: 1, databaseBytes: 1, records: 1, runs: 1 },
    }),
  });
  onTestFinished(() => summary.stop());
  return { clock, hub, read: () => metricsSummarySchema.parse(summary.read()) };
}

it('counts what became of runs, each skipped instant of a span for itself', () => {
  const { hub, read } = createSummary();
  expect(read()).toMatchObject({ runs: {}, running: 2, queued: 6 });
  hub.emit('run.finished', { run: sampleRun() });
  hub.emit('run.finished', { run: sampleRun({ outcome: 'failed' }) });
  hub.emit('run.skipped', { run: sampleRun({ outcome: 'skipped', occurrences: 40 }) });
  expect(read().runs).toEqual({ succeeded: 1, failed: 1, skipped: 40 });
});

it('tells how late scheduled runs begin, and nothing of other starts', () => {
  const { hub, read } = createSummary();
  expect(read().lateness).toEqual({ count: 0, p50Ms: null, p99Ms: null });
  const scheduledFor = '2026-11-21T12:00:00.000Z';
  for (let ms = 1; ms <= 100; ms++) {
    const startedAt = new Date(Date.parse(scheduledFor) + ms).toISOString();
    hub.emit('run.started', { run: sampleRun({ attempt: 1, scheduledFor, startedAt }) });
    hub.emit('run.started', { run: sampleRun({ attempt: 2, scheduledFor, startedAt }) });
    hub.emit('run.started', { run: sampleRun({ trigger: 'manual', scheduledFor: null }) });
  }
  const { count, p50Ms, p99Ms } = read().lateness;
  expect(count).toBe(100);
  expect(p50Ms).toBeCloseTo(50, 0);
  expect(p99Ms).toBeCloseTo(99, 0);
});

it('times the store in fractions of a millisecond', () => {
  const { hub, read } = createSummary();
  for (let i = 0; i < 99; i++) hub.emitInternal('store.committed', { ms: 0.25, ops: 1 });
  hub.emitInternal('store.committed', { ms: 20, ops: 1 });
  expect(read().commits.p50Ms).toBeCloseTo(0.25, 2);
});
