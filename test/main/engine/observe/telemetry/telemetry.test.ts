import { describe, expect, it } from 'vitest';
import { EventHub } from '../../../../../src/main/engine/observe/events.ts';
import type { TelemetrySink } from '../../../../../src/main/engine/observe/sinks/sink.ts';
import type { CanonicalEvent } from '../../../../../src/main/engine/observe/telemetry/canonical-event.ts';
import { tellTelemetry } from '../../../../../src/main/engine/observe/telemetry/telemetry.ts';
import { NO_COUNTS } from '../../../../../src/shared/run.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { sampleRun } from '../../../../support/sample-run.ts';

const context = {
  marketplace: 'acme',
  category: 'coins',
  region: 'br',
  ruleset: 'v2',
  integrationId: 'coins',
};

function startTelemetry(contextOf: () => typeof context | null = () => context, isIdle = false) {
  const clock = new ManualClock('2026-11-21T12:00:00.000Z');
  const errors: unknown[] = [];
  const hub = new EventHub({ clock, onListenerError: (error) => errors.push(error) });
  const events: CanonicalEvent[] = [];
  const sink: TelemetrySink & { isIdle: boolean } = {
    isIdle,
    accept: (event) => events.push(event),
    states: () => [],
    stop: async () => undefined,
  };
  const stop = tellTelemetry({ hub, clock, sink, contextOf });
  return { hub, events, errors, stop };
}

describe('telemetry', () => {
  it('tells the life of a run in the canonical events', () => {
    const { hub, events, errors } = startTelemetry();
    const run = sampleRun();
    hub.emit('run.queued', { run });
    hub.emit('run.started', { run });
    const progress = { done: 1, total: 3, etaMs: null, message: null };
    hub.emit('run.progress', { runId: run.id, jobId: run.jobId, counts: NO_COUNTS, progress });
    hub.emit('run.retrying', { run });
    hub.emit('run.finished', { run });
    expect(events.map(({ event }) => event)).toEqual([
      'job.started',
      'job.progress',
      'job.retrying',
      'job.completed',
    ]);
    expect(errors).toEqual([]);
  });

  it('guarantees the fields that every consumer relies on', () => {
    const { hub, events } = startTelemetry();
    const counts = { ...NO_COUNTS, bytes: 1000, received: 100, valid: 98, invalid: 2, warnings: 5 };
    hub.emit('run.finished', { run: sampleRun({ counts }) });
    expect(events).toEqual([
      {
        event: 'job.completed',
        job_id: 'coins-30s',
        task: 'coins',
        run_id: '01J8XK5Q2V',
        timestamp: '2026-11-21T12:00:00.000Z',
        marketplace: 'acme',
        category: 'coins',
        region: 'br',
        partition_key: 'acme:coins:br',
        metrics: {
          payload_size_bytes: 1000,
          records_total: 100,
          records_valid: 98,
          records_error: 2,
          records_warning: 5,
          error_rate: 0.02,
          warning_rate: 0.05,
          errors_by_field: { price: 2 },
          processing_time_ms: 123.4,
          latency_ms: 20.3456,
          attempt: 1,
          outcome: 'succeeded',
          error_code: null,
          error_kind: null,
          ruleset: 'v2',
        },
      },
    ]);
  });

  it.each([
    ['succeeded', 'job.completed'],
    ['partial', 'job.completed'],
    ['failed', 'job.failed'],
    ['timed-out', 'job.failed'],
    ['cancelled', 'job.failed'],
    ['interrupted', 'job.failed'],
  ] as const)('takes %s for %s', (outcome, event) => {
    const { hub, events } = startTelemetry();
    hub.emit('run.finished', { run: sampleRun({ outcome }) });
    expect(events.map((one) => one.event)).toEqual([event]);
  });

  it('divides by nothing when nothing was received, and says nothing where nothing is known', () => {
    const { hub, events } = startTelemetry(() => null);
    hub.emit('run.finished', { run: sampleRun({ counts: NO_COUNTS }) });
    expect(events[0]).toMatchObject({
      marketplace: '',
      partition_key: '::',
      metrics: { error_rate: 0, warning_rate: 0 },
    });
  });

  it('stops', () => {
    const { hub, events, stop } = startTelemetry();
    stop();
    hub.emit('run.finished', { run: sampleRun() });
    expect(events).toEqual([]);
  });

  it('is not made while nobody wants it', () => {
    const { hub, events, errors } = startTelemetry(() => {
      throw new Error('asked for nothing');
    }, true);
    hub.emit('run.started', { run: sampleRun() });
    expect(events).toEqual([]);
    expect(errors).toEqual([]);
  });
});
