import { describe, expect, it } from 'vitest';
import { heldBackSentence, unusualSentences } from '../../../src/renderer/runs/run-remarks.ts';
import { createFormat, createTranslator, type Locale } from '../../../src/shared/i18n/index.ts';

const speech = (locale: Locale) => ({
  ...createTranslator(locale),
  format: createFormat(locale),
});

describe('what is said of a run that succeeded', () => {
  it('is nothing when it is like the others, or nothing is usual yet', () => {
    expect(unusualSentences({}, speech('en'))).toEqual([]);
    const unusual = { fewRecords: null, fewPages: null };
    expect(unusualSentences({ unusual }, speech('en'))).toEqual([]);
  });

  it('is that it brought few records, on few pages', () => {
    const unusual = {
      fewRecords: { received: 40, usual: 1200.4 },
      fewPages: { pages: 1, usual: 30 },
    };
    expect(unusualSentences({ unusual }, speech('en'))).toEqual([
      'This run brought 40 records, far fewer than usual (about 1,200).',
      expect.stringMatching(/^This read ended after 1 page, far fewer than usual \(about 30\)/),
    ]);
    expect(unusualSentences({ unusual }, speech('pt-BR'))[0]).toContain('cerca de 1.200');
  });

  it('is why nothing was marked as vanished', () => {
    const numbers = { vanished: 1500, of: 2000 };
    expect(heldBackSentence({ ...numbers, why: 'share' }, speech('en'))).toBe(
      '1,500 records of 2,000 were missing at once, more than may vanish at once. None was marked as vanished.',
    );
    expect(heldBackSentence({ ...numbers, why: 'no-list' }, speech('pt-BR'))).toContain(
      'de 2.000 registros guardados aqui, nenhum',
    );
  });
});
