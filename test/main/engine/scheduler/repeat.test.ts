import { describe, expect, it } from 'vitest';
import {
  repeatAfterJump,
  repeatFromCoverage,
} from '../../../../src/main/engine/scheduler/repeat.ts';
import { compileSchedule } from '../../../../src/main/engine/trigger/compile.ts';
import { scheduleSchema } from '../../../../src/shared/schedule.ts';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const MINUTE = 60_000;
const schedule = compileSchedule(scheduleSchema.parse({ kind: 'fixed-rate', everyMs: MINUTE }), {
  machineZone: 'UTC',
  anchorMs: NOW,
});
const back = (byMs: number) => ({ byMs, expectedNowMs: NOW - byMs });

describe('after a restart', () => {
  it('nothing repeats when the clock shows a new time', () => {
    expect(repeatFromCoverage(schedule, NOW, NOW)).toBeNull();
  });

  it('what is covered ahead repeats from now', () => {
    expect(repeatFromCoverage(schedule, NOW + MINUTE, NOW)).toEqual({ afterMs: NOW, pass: 1 });
  });
});

describe('after a jump', () => {
  it('forward, or back to a time that is not covered, what was repeating goes on', () => {
    const repeat = { afterMs: 5, pass: 3 };
    const job = { schedule, repeat };
    expect(repeatAfterJump(job, NOW + MINUTE, NOW, back(MINUTE))).toBe(repeat);
    expect(repeatAfterJump(job, NOW, NOW, back(-MINUTE))).toBe(repeat);
    expect(repeatAfterJump({ schedule, repeat: null }, NOW, NOW, back(-MINUTE))).toBeNull();
  });

  it('back, each one is a pass of its own, and the next comes when it would have come', () => {
    const first = repeatAfterJump(
      { schedule, repeat: null },
      NOW + 10 * MINUTE,
      NOW,
      back(-10 * MINUTE - 20_000),
    );
    // Covered up to the tenth minute, 20 s ago: the eleventh would have come in 40 s.
    expect(first).toEqual({ afterMs: NOW + 38_000, pass: 1 });
    const second = repeatAfterJump(
      { schedule, repeat: first },
      NOW + 10 * MINUTE,
      NOW,
      back(-10 * MINUTE - 20_000),
    );
    expect(second?.pass).toBe(2);
  });
});
