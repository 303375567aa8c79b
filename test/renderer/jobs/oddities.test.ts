import { describe, expect, it } from 'vitest';
import { oddities } from '../../../src/renderer/jobs/oddities.ts';
import { createFormat, createTranslator, type Locale } from '../../../src/shared/i18n/index.ts';
import type { JobHealth } from '../../../src/shared/job.ts';

const now = Date.parse('2026-11-20T12:00:00.000Z');
const WELL: JobHealth = {
  failuresInRow: 0,
  noNewSince: null,
  fewRecords: null,
  fewPages: null,
  heldBack: null,
};
const say = (health: Partial<JobHealth> | undefined, locale: Locale = 'en') =>
  oddities(health === undefined ? {} : { health: { ...WELL, ...health } }, {
    ...createTranslator(locale),
    format: createFormat(locale),
    now,
  });

describe('what is odd about a job', () => {
  it('is nothing when it does well, or nothing is known', () => {
    expect(say({})).toEqual([]);
    expect(say(undefined)).toEqual([]);
    // The last run says that itself.
    expect(say({ failuresInRow: 1 })).toEqual([]);
  });

  it('is said in sentences, in both languages', () => {
    expect(say({ failuresInRow: 4 })).toEqual(['Failed 4 times in a row.']);
    expect(say({ fewRecords: { received: 1200, usual: 10_000.5 } })).toEqual([
      'The last run brought 1,200 records, far fewer than usual (about 10,001).',
    ]);
    expect(say({ fewRecords: { received: 1200, usual: 10_000 } }, 'pt-BR')).toEqual([
      'A última execução trouxe 1.200 registros, bem menos que de costume (cerca de 10.000).',
    ]);
    expect(say({ fewPages: { pages: 1, usual: 12 } })).toEqual([
      'The last read ended after 1 page, far fewer than usual (about 12), with fewer records too.',
    ]);
    const heldBack = { vanished: 1500, of: 2000, why: 'share' as const };
    expect(say({ heldBack }, 'pt-BR')).toEqual([
      'Na última leitura faltaram 1.500 registros de 2.000 de uma vez; nenhum foi marcado como desaparecido. A execução diz mais.',
    ]);
    const [quiet] = say({ noNewSince: '2025-03-01T08:00:00.000Z' });
    expect(quiet).toMatch(/^Nothing new since .*2025/);
  });

  it('may be several things at once', () => {
    const all = { failuresInRow: 2, noNewSince: '2026-11-01T08:00:00.000Z' };
    expect(say({ ...all, fewRecords: { received: 0, usual: 9 } })).toHaveLength(3);
  });
});
