import { describe, expect, it } from 'vitest';
import { lastUrl, problemActions } from '../../../src/renderer/runs/problem-actions.ts';
import { ERROR_KINDS, type ErrorKind } from '../../../src/shared/integration.ts';
import { NO_COUNTS, type RunDetail } from '../../../src/shared/run.ts';
import { fakeJobs } from '../../support/fake/fake-catalog.ts';
import { fakeDetail, fakeRuns } from '../../support/fake/fake-runs.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const [run] = fakeRuns({ now, jobs: fakeJobs(now), count: 1 });
const detail = fakeDetail({ ...run!, outcome: 'failed', state: 'finished' });

function failed(kind: ErrorKind, changes: Partial<RunDetail> = {}): RunDetail {
  return { ...detail, error: { code: 'x', kind, message: 'x' }, ...changes };
}

describe('what can be done about a failed run', () => {
  it.each(ERROR_KINDS)('with an error of kind %s is something', (kind) => {
    expect(problemActions(failed(kind)).length).toBeGreaterThanOrEqual(2);
  });

  it('is to try again what will pass, and to mend first what will not', () => {
    expect(problemActions(failed('transient'))[0]).toBe('retry');
    expect(problemActions(failed('config'))[0]).toBe('integration');
    expect(problemActions(failed('limit'))[0]).toBe('integration');
  });

  it('leads to the refused records when there are any', () => {
    expect(problemActions(failed('data', { counts: { ...NO_COUNTS, invalid: 3 } }))[0]).toBe(
      'quarantine',
    );
    expect(problemActions(failed('data', { counts: NO_COUNTS }))).not.toContain('quarantine');
  });

  it('offers no second run while the first is not over, and no call where none was made', () => {
    const actions = problemActions(failed('transient', { state: 'retrying', attempts: [] }));
    expect(actions).toEqual(['log']);
  });
});

it('the last address that was called is that of the last page, of whichever attempt', () => {
  const [attempt] = detail.attempts;
  const page = { ...attempt!.pages[0]!, url: 'https://api.example/last' };
  expect(lastUrl({ attempts: [] })).toBeNull();
  expect(
    lastUrl({
      attempts: [
        { ...attempt!, pages: [page] },
        { ...attempt!, pages: [] },
      ],
    }),
  ).toBe('https://api.example/last');
});
