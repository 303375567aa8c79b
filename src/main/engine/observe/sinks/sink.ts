import type { Told } from '../../../../shared/sentences.ts';
import type { CanonicalEvent } from '../telemetry/canonical-event.ts';

/** Where telemetry goes. A sink never slows a run: `accept` only remembers, and what finds no room is counted. */
export interface TelemetrySink {
  /** Never waits, never throws. */
  accept(event: CanonicalEvent): void;
  /** One entry a destination. */
  states(): readonly SinkState[];
  /** Delivers what is left, once, and takes no more. Never throws; twice is harmless. */
  stop(): Promise<void>;
}

export interface SinkState {
  readonly name: string;
  readonly delivered: number;
  readonly waiting: number;
  readonly dropped: number;
  /** Of the last delivery; null when it worked. */
  readonly lastError: Told | null;
}
