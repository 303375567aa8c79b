import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleDotDashed from '@lucide/svelte/icons/circle-dot-dashed';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleX from '@lucide/svelte/icons/circle-x';
import Hourglass from '@lucide/svelte/icons/hourglass';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import RotateCw from '@lucide/svelte/icons/rotate-cw';
import SkipForward from '@lucide/svelte/icons/skip-forward';
import TimerOff from '@lucide/svelte/icons/timer-off';
import Unplug from '@lucide/svelte/icons/unplug';
import type { Outcome, RunState } from '../../shared/run.ts';

/** A shape for each outcome, so that colour is never the only difference. */
export const OUTCOME_ICONS = {
  succeeded: CircleCheck,
  partial: CircleDotDashed,
  failed: CircleX,
  'timed-out': TimerOff,
  cancelled: Ban,
  skipped: SkipForward,
  interrupted: Unplug,
} as const satisfies Record<Outcome, unknown>;

export const STATE_ICONS = {
  queued: CircleDashed,
  waiting: Hourglass,
  running: LoaderCircle,
  retrying: RotateCw,
  finished: CirclePause,
} as const satisfies Record<RunState, unknown>;
