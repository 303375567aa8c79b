import { toIso, type Clock } from '../../clock.ts';
import type { EventHub } from '../events.ts';
import type { TelemetrySink } from '../sinks/sink.ts';
import {
  endEvent,
  progressEvent,
  runEvent,
  type BusinessContext,
  type CanonicalEvent,
} from './canonical-event.ts';

export interface TelemetryOptions {
  readonly hub: Pick<EventHub, 'on'>;
  readonly clock: Clock;
  readonly sink: Pick<TelemetrySink, 'accept'> & {
    /** Nobody would get an event, so none is made. */
    readonly isIdle: boolean;
  };
  /** Of a job and its integration; null when the job is gone. */
  readonly contextOf: (
    jobId: string,
  ) => (BusinessContext & { readonly integrationId: string }) | null;
}

const NO_CONTEXT = { marketplace: null, category: null, region: null, ruleset: null };

/** Turns what the hub tells of runs into canonical events for the sink; the answer stops it. */
export function tellTelemetry({ hub, clock, sink, contextOf }: TelemetryOptions): () => void {
  const accept = (make: (timestamp: string) => CanonicalEvent) => {
    if (!sink.isIdle) sink.accept(make(toIso(clock.now())));
  };
  const context = (jobId: string) => contextOf(jobId) ?? { ...NO_CONTEXT, integrationId: '' };
  const stops = [
    hub.on('run.started', ({ run }) =>
      accept((at) => runEvent('job.started', run, context(run.jobId), at)),
    ),
    hub.on('run.retrying', ({ run }) =>
      accept((at) => runEvent('job.retrying', run, context(run.jobId), at)),
    ),
    hub.on('run.finished', ({ run }) =>
      accept((at) => runEvent(endEvent(run), run, context(run.jobId), at)),
    ),
    hub.on('run.progress', (progress) =>
      accept((at) => {
        const known = context(progress.jobId);
        return progressEvent(progress, known.integrationId, known, at);
      }),
    ),
  ];
  return () => stops.forEach((stop) => stop());
}
