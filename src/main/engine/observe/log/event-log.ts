import type { Clock } from '../../clock.ts';
import type { AppState } from '../../../../shared/status.ts';
import type { AnyEventName, EventHub, Payloads } from '../events.ts';
import * as lines from './event-lines.ts';
import type { LogEntry } from './log-line.ts';

/** Has what the hub tells written down by `take`; the answer stops it. */
export function logEvents(
  hub: EventHub,
  take: (entry: LogEntry) => void,
  clock: Clock,
): () => void {
  const stops: (() => void)[] = [];
  function follow<N extends AnyEventName>(
    name: N,
    lineOf: (payload: Payloads[N]) => lines.EventLine | null,
  ): void {
    const stop = hub.on(name, (payload) => {
      const line = lineOf(payload);
      if (line) take({ at: clock.now(), ...line });
    });
    stops.push(stop);
  }

  follow('run.queued', lines.queuedLine);
  follow('run.started', lines.startedLine);
  follow('page.stored', lines.pageLine);
  follow('run.waiting', lines.waitingLine);
  follow('attempt.finished', lines.attemptLine);
  follow('run.retrying', lines.retryingLine);
  follow('run.finished', lines.finishedLine);
  follow('run.skipped', lines.skippedLine);
  follow('job.changed', lines.jobLine);
  follow('integration.changed', lines.integrationLine);
  follow('store.degraded', lines.degradedLine);
  follow('notice', lines.noticeLine);

  // The status changes with every run; the log wants to know when the program pauses, degrades, goes on.
  let lastState: AppState | null = null;
  follow('status.changed', (payload) => {
    if (payload.status.state === lastState) return null;
    lastState = payload.status.state;
    return lines.stateLine(payload);
  });
  return () => stops.forEach((stop) => stop());
}
