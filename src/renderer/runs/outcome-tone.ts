import { assertNever } from '../../shared/assert-never.ts';
import type { Outcome } from '../../shared/run.ts';
import type { Tone } from '../ui/tone.ts';

/** The hue of an outcome; null is a run that is not finished. */
export function outcomeTone(outcome: Outcome | null): Tone {
  switch (outcome) {
    case null:
      return 'active';
    case 'succeeded':
      return 'success';
    case 'partial':
    case 'interrupted':
      return 'attention';
    case 'failed':
    case 'timed-out':
      return 'failure';
    case 'cancelled':
    case 'skipped':
      return 'neutral';
    default:
      return assertNever(outcome);
  }
}
