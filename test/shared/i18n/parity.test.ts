import { describe, expect, it } from 'vitest';
import { en } from '../../../src/shared/i18n/en/index.ts';
import { sentences as enSentences } from '../../../src/shared/i18n/en/sentences.ts';
import { ptBR } from '../../../src/shared/i18n/pt-BR/index.ts';
import { sentences as ptBRSentences } from '../../../src/shared/i18n/pt-BR/sentences.ts';

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[`${prefix}${key}`, value] as const]
        : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort();
}

const english = flatten({ ...en, sentences: enSentences });
const portuguese = flatten({ ...ptBR, sentences: ptBRSentences });

describe('the catalogues', () => {
  it('have the same keys in both languages', () => {
    expect([...portuguese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english])('%s has the same placeholders in both languages', (key, text) => {
    expect(placeholders(portuguese.get(key) ?? '')).toEqual(placeholders(text));
  });

  it('have no empty and no padded text', () => {
    for (const [key, text] of [...english, ...portuguese]) {
      expect(text.trim(), key).not.toBe('');
      expect(text, key).toBe(text.trim());
    }
  });

  it('have both plural forms wherever they have one', () => {
    for (const key of english.keys()) {
      if (key.endsWith('_one')) expect(english.has(key.replace(/_one$/, '_other')), key).toBe(true);
      if (key.endsWith('_other'))
        expect(english.has(key.replace(/_other$/, '_one')), key).toBe(true);
    }
  });
});
