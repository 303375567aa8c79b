import { expect, it } from 'vitest';
import { languageOf } from '../../../src/main/server/language.ts';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['*', 'en'],
  ['pt-BR', 'pt-BR'],
  ['pt', 'pt-BR'],
  ['PT-pt, en;q=0.5', 'pt-BR'],
  ['en-US,en;q=0.9,pt-BR;q=0.8', 'en'],
  ['en;q=0.2, pt-BR;q=0.8', 'pt-BR'],
  ['de, pt;q=0.5', 'pt-BR'],
  ['pt;q=0, en', 'en'],
  ['pt;q=nonsense', 'en'],
])('Accept-Language %j asks for %s', (header, locale) => {
  expect(languageOf(header === undefined ? {} : { 'accept-language': header })).toBe(locale);
});
