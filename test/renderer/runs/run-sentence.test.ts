import { describe, expect, it } from 'vitest';
import { runSentence } from '../../../src/renderer/runs/run-sentence.ts';
import { createFormat, createTranslator } from '../../../src/shared/i18n/index.ts';
import { NO_COUNTS, OUTCOMES, RUN_STATES, type Run } from '../../../src/shared/run.ts';
import { fakeJobs } from '../../support/fake/fake-catalog.ts';
import { fakeRuns } from '../../support/fake/fake-runs.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const [base] = fakeRuns({ now, jobs: fakeJobs(now), count: 1 });
const say = (changes: Partial<Run>, locale: 'en' | 'pt-BR' = 'en') =>
  runSentence(
    { ...base!, state: 'finished', durationMs: 1250, ...changes },
    { ...createTranslator(locale), format: createFormat(locale), now },
  );

describe('runSentence', () => {
  it('counts what a success brought', () => {
    const counts = { ...NO_COUNTS, received: 1200, new: 3, changed: 40 };
    expect(say({ outcome: 'succeeded', counts })).toBe(
      'Succeeded in 1.25 s: 1,200 records received, 3 new, 40 changed.',
    );
    expect(say({ outcome: 'succeeded', counts }, 'pt-BR')).toBe(
      'Concluída em 1,25 s: 1.200 registros recebidos, 3 novos, 40 alterados.',
    );
  });

  it('says what is left of a run that is under way, once that is known', () => {
    const progress = { done: 3, total: 10, etaMs: null, message: null };
    const underWay = { state: 'running', outcome: null } as const;
    expect(say({ ...underWay, progress })).not.toContain('left');
    expect(say({ ...underWay, progress: { ...progress, etaMs: 80_000 } })).toMatch(
      /received so far\. About 1 min 20 s left\.$/,
    );
    expect(say({ ...underWay, progress: { ...progress, etaMs: 80_000 } }, 'pt-BR')).toMatch(
      /Faltam cerca de 1 min 20 s\.$/,
    );
  });

  it('tells a run that waits for its time from one that waits for a place', () => {
    const queued = { state: 'queued', outcome: null } as const;
    expect(say(queued)).toBe('Waits for a free place.');
    const startsAt = '2026-11-20T14:00:00.000Z';
    expect(say({ ...queued, startsAt })).toMatch(
      /^Begins in 2 hours, at the time it was asked for: /,
    );
    expect(say({ ...queued, startsAt }, 'pt-BR')).toMatch(/^Começa em 2 horas, na hora pedida: /);
    expect(say({ ...queued, startsAt: '2026-11-20T12:00:00.000Z' })).toBe(
      'Waits for a free place.',
    );
  });

  it('tells a read without changes from a call without records', () => {
    const notModified = { ...NO_COUNTS, notModified: 2 };
    expect(say({ outcome: 'succeeded', counts: notModified })).toMatch(/nothing has changed/);
    expect(say({ outcome: 'succeeded', counts: NO_COUNTS })).toBe('Succeeded in 1.25 s.');
  });

  it('says why and for how many due times it was skipped', () => {
    expect(say({ outcome: 'skipped', reason: 'missed', occurrences: 1 })).toBe(
      'Skipped: the computer slept or the program was closed.',
    );
    expect(say({ outcome: 'skipped', reason: 'overlap', occurrences: 12 })).toBe(
      'Skipped 12 due times: the run before was still going.',
    );
  });

  it('names the span of due times that one row stands for', () => {
    const span = {
      outcome: 'skipped',
      occurrences: 12,
      scheduledFor: '2026-11-20T02:00:00.000Z',
      scheduledUntil: '2026-11-20T07:30:00.000Z',
    } as const;
    expect(say({ ...span, reason: 'missed' })).toMatch(
      /^Missed 12 runs from .+ to .+ while the computer slept or the program was closed\.$/,
    );
    expect(say({ ...span, reason: 'overlap' }, 'pt-BR')).toMatch(
      /^12 horários pulados de .+ a .+:/,
    );
  });

  it('counts what was refused', () => {
    const counts = { ...NO_COUNTS, received: 5, invalid: 4 };
    expect(say({ outcome: 'succeeded', counts })).toMatch(/, 4 refused\.$/);
  });

  it('says what it waits for and when it tries again', () => {
    expect(say({ outcome: null, state: 'waiting', reason: 'network' })).toBe(
      'Waits for the network.',
    );
    const nextRetryAt = new Date(now + 60_000).toISOString();
    expect(say({ outcome: null, state: 'retrying', nextRetryAt })).toBe('Tries again in 1 minute.');
  });

  it.each([...OUTCOMES])('has a whole sentence for %s in both languages', (outcome) => {
    expect(say({ outcome, reason: null })).toMatch(/^[A-Z].*\.$/);
    expect(say({ outcome, reason: null }, 'pt-BR')).toMatch(/^[A-Z].*\.$/);
  });

  it.each([...RUN_STATES])('has a whole sentence for a run that is %s', (state) => {
    expect(say({ outcome: null, state, reason: null })).toMatch(/^[A-Z].*\.$/);
  });
});
