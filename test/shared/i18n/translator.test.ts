import { describe, expect, it } from 'vitest';
import { createTranslator } from '../../../src/shared/i18n/index.ts';

describe('createTranslator', () => {
  it('answers in the language asked for', () => {
    expect(createTranslator('en').t('tray.quit')).toBe('Quit');
    expect(createTranslator('pt-BR').t('tray.quit')).toBe('Sair');
  });

  it('chooses the plural form and writes the count as the language does', () => {
    expect(createTranslator('en').t('words.run', { count: 1 })).toBe('1 run');
    expect(createTranslator('en').t('words.run', { count: 1234 })).toBe('1,234 runs');
    expect(createTranslator('pt-BR').t('words.run', { count: 1 })).toBe('1 execução');
    expect(createTranslator('pt-BR').t('words.run', { count: 1234 })).toBe('1.234 execuções');
  });

  it('stays in Portuguese for round millions, which have their own plural form there', () => {
    expect(createTranslator('pt-BR').t('words.run', { count: 1_000_000 })).toBe(
      '1.000.000 execuções',
    );
  });

  it('leaves markup in parameters as it is, because the window escapes what it shows', () => {
    expect(createTranslator('en').t('shell.palette.runJob', { name: '<b>&$t(x)' })).toBe(
      'Run <b>&$t(x) now',
    );
  });
});
