import { refusals as en } from './i18n/en/refusals.ts';
import type { Placeholders } from './i18n/keys.ts';
import type { Locale } from './i18n/locale.ts';
import { refusals as ptBR } from './i18n/pt-BR/refusals.ts';

/**
 * Sentences of errors. Inside the program they are English, with a note of which sentence it is and what stands in it;
 * whoever answers a person, at the last door, says it in that person's language.
 */

export type SentenceKey = keyof typeof en;

/** Which sentence it is. Plain data: it crosses threads. */
export interface Said {
  readonly key: SentenceKey;
  readonly data: Readonly<Record<string, string | number>>;
}

/** An English text and which sentence it is; to be spread into a `Problem`. */
export interface Sentence {
  readonly message: string;
  readonly says: Said;
}

type DataOf<K extends SentenceKey> = [Placeholders<(typeof en)[K]>] extends [never]
  ? [data?: undefined]
  : [data: Readonly<Record<Placeholders<(typeof en)[K]>, string | number>>];

/** Unknown sentences and forgotten parts do not compile. */
export function say<K extends SentenceKey>(key: K, ...[data]: DataOf<K>): Sentence {
  const says: Said = { key, data: data ?? {} };
  return { message: textOf(says, 'en'), says };
}

const byText = new Map<string, SentenceKey>(
  Object.entries(en).map(([key, text]) => [text, key as SentenceKey]),
);

/** A sentence without parts, found again by its text: zod hands on nothing else of what a schema says. */
export function knownSentence(text: string): { readonly says?: Said } {
  const key = byText.get(text);
  return key === undefined ? {} : { says: { key, data: {} } };
}

const catalogues: Readonly<Record<Locale, Readonly<Record<SentenceKey, string>>>> = {
  en,
  'pt-BR': ptBR,
};

function textOf({ key, data }: Said, locale: Locale): string {
  return catalogues[locale][key].replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(data, name) ? String(data[name]) : whole,
  );
}

/** An English text, and which sentence it is if it is one of ours. */
export interface Told {
  readonly message: string;
  readonly says?: Said | undefined;
}

/** What was said, in another language; what is no sentence of ours stays as it is. */
export function spoken({ message, says }: Told, locale: Locale): string {
  return says === undefined || locale === 'en' ? message : textOf(says, locale);
}
