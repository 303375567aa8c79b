import type { Priority } from '../../../shared/priority.ts';
import type { SkipReason, Trigger } from '../../../shared/run.ts';
import type { JsonValue } from '../../../shared/values.ts';

/** One start of a job: as many runs as it has instances. */
export interface StartRequest {
  readonly trigger: Trigger;
  readonly triggeredBy: string | null;
  readonly scheduledFor: number | null;
  readonly retryOf?: string;
  readonly input?: { readonly [key: string]: JsonValue };
  readonly priority?: Priority | null;
  /** Begin no earlier than this, by the wall clock (epoch ms). */
  readonly notBefore?: number | null;
  /** Begin so much later: a delay passes also while the wall clock is set back. */
  readonly delayMs?: number | null;
  readonly full?: boolean;
  readonly allowVanished?: boolean;
}

/** Due instants that end without running. */
export interface SkippedSpan {
  readonly reason: SkipReason;
  readonly trigger: Trigger;
  readonly from: number;
  readonly until: number;
  readonly occurrences: number;
}

export type DueEntry =
  | { readonly kind: 'run'; readonly start: StartRequest }
  | { readonly kind: 'span'; readonly span: SkippedSpan };

/** Starts that nobody asked for by hand: they wait while everything, or their job, is paused. */
export function isAutomatic(trigger: Trigger): boolean {
  switch (trigger) {
    case 'schedule':
    case 'catch-up':
    case 'dependency':
    case 'workflow':
      return true;
    case 'manual':
    case 'api':
    case 'retry':
      return false;
  }
}

/** When it begins at the earliest, epoch ms; null: at once. */
export function beginsAt(
  { notBefore = null, delayMs = null }: Pick<StartRequest, 'notBefore' | 'delayMs'>,
  now: number,
): number | null {
  return delayMs === null ? notBefore : now + delayMs;
}

/** Whether somebody asked for a start at a later time. Until then it stands in nobody's way. */
export function isForLater(trigger: Trigger, startsAt: number | null, now: number): boolean {
  return !isAutomatic(trigger) && startsAt !== null && startsAt > now;
}
