import { describe, expect, it } from 'vitest';
import { afterRun } from '../../../../src/main/engine/jobs/care.ts';
import { newJobRuntime } from '../../../../src/main/engine/jobs/live-job.ts';
import type { ErrorKind } from '../../../../src/shared/integration.ts';
import type { Outcome } from '../../../../src/shared/run.ts';
import type { JobRuntime } from '../../../../src/main/engine/store/ops.ts';

const limits = { afterFailures: 3, afterConfigErrors: 2 };
const fresh = newJobRuntime({ kind: 'manual' }, 0);

function live(runtime: JobRuntime, ...ends: (readonly [Outcome, ErrorKind?])[]): JobRuntime {
  return ends.reduce<JobRuntime>((known, [outcome, kind], index) => {
    const error = kind === undefined ? null : { code: 'x', kind, message: 'It says no.' };
    const end = { outcome, error, startedAt: index * 10, at: index * 10 + 5 };
    return { ...known, ...afterRun(known, end, limits) };
  }, runtime);
}

describe('a job', () => {
  it('remembers when its last run ended and when the last good one began', () => {
    expect(live(fresh, ['succeeded'], ['failed', 'transient'])).toMatchObject({
      lastEndAt: 15,
      lastSuccessAt: 0,
      failuresInRow: 1,
    });
  });

  it('is paused after so many failures in a row, with the last reason', () => {
    const failure = ['failed', 'transient'] as const;
    expect(live(fresh, failure, failure)).toMatchObject({ state: 'enabled', failuresInRow: 2 });
    const paused = live(fresh, failure, failure, failure);
    expect(paused).toMatchObject({ state: 'auto-paused', pausedAt: 25, pausedUntil: null });
    expect(paused.pauseReason).toContain('It says no.');
  });

  it('is paused sooner when it is refused again and again', () => {
    const refusal = ['failed', 'config'] as const;
    expect(live(fresh, refusal, refusal)).toMatchObject({
      state: 'auto-paused',
      configErrorsInRow: 2,
    });
  });

  it('goes on by itself when a run succeeds all the same', () => {
    const failure = ['failed', 'transient'] as const;
    expect(live(fresh, failure, failure, failure, ['succeeded'])).toMatchObject({
      state: 'enabled',
      pausedUntil: 35,
      pauseReason: null,
      failuresInRow: 0,
    });
  });

  it('counts timeouts as failures', () => {
    expect(live(fresh, ['timed-out', 'transient']).failuresInRow).toBe(1);
  });

  it.each(['succeeded', 'partial'] as const)(
    'begins to count anew after one that %s',
    (outcome) => {
      expect(live(fresh, ['failed', 'config'], [outcome])).toMatchObject({
        failuresInRow: 0,
        configErrorsInRow: 0,
      });
    },
  );

  it.each(['cancelled', 'interrupted', 'skipped'] as const)(
    'counts neither way after one that was %s',
    (outcome) => {
      expect(live(fresh, ['failed', 'config'], [outcome])).toMatchObject({
        failuresInRow: 1,
        configErrorsInRow: 1,
      });
    },
  );

  it('another failure ends a row of refusals', () => {
    expect(live(fresh, ['failed', 'config'], ['failed', 'transient'])).toMatchObject({
      failuresInRow: 2,
      configErrorsInRow: 0,
    });
  });

  it('that a person paused stays paused by the person', () => {
    const paused: JobRuntime = { ...fresh, state: 'paused', pauseReason: 'mine' };
    const failure = ['failed', 'transient'] as const;
    expect(live(paused, failure, failure, failure)).toMatchObject({
      state: 'paused',
      pauseReason: 'mine',
    });
  });
});
