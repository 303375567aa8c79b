import { sentences as en } from './i18n/en/sentences.ts';
import type { Placeholders } from './i18n/keys.ts';
import type { Locale } from './i18n/locale.ts';
import { sentences as ptBR } from './i18n/pt-BR/sentences.ts';
import type { Said } from './said.ts';

/**
 * Sentences about what went wrong. Inside the program and on disk they are English, with a note of which sentence it
 * is and what stands in it; whoever shows one to a person, at the last door, says it in that person's language.
 */

export type { Said } from './said.ts';
export type SentenceKey = keyof typeof en;

/** An English text and which sentence it is; to be spread into a `Problem` or a `RunError`. */
export interface Sentence {
  readonly message: string;
  readonly says: Said;
}

/** What may stand in a sentence: a text, a number, or a sentence inside the sentence. */
export type Part = string | number | Said;

/** The names of what stands in a sentence. */
type PlaceNames<K extends SentenceKey> = Placeholders<(typeof en)[K]>;

/** The sentences in which exactly these parts stand. */
export type SentenceWith<N extends string> = {
  [K in SentenceKey]: [PlaceNames<K>] extends [N]
    ? [N] extends [PlaceNames<K>]
      ? K
      : never
    : never;
}[SentenceKey];

type DataOf<K extends SentenceKey> = [PlaceNames<K>] extends [never]
  ? [data?: undefined]
  : [data: Readonly<Record<PlaceNames<K>, Part>>];

/** Unknown sentences and forgotten parts do not compile. */
export function say<K extends SentenceKey>(key: K, ...[data]: DataOf<K>): Sentence {
  // A `Said` is JSON all through, which its interface does not tell the compiler.
  const says: Said = { key, data: (data ?? {}) as Said['data'] };
  return { message: textOf(says, 'en') ?? key, says };
}

const byText = new Map<string, SentenceKey>(
  Object.entries(en).map(([key, text]) => [text, key as SentenceKey]),
);

/** A sentence without parts, found again by its text: zod hands on nothing else of what a schema says. */
export function knownSentence(text: string): { readonly says?: Said } {
  const key = byText.get(text);
  return key === undefined ? {} : { says: { key, data: {} } };
}

const catalogues: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en,
  'pt-BR': ptBR,
};

/** null: a sentence that this program does not know, such as one that a newer program has stored. */
function textOf({ key, data }: Said, locale: Locale): string | null {
  const catalogue = catalogues[locale];
  if (!Object.hasOwn(catalogue, key)) return null;
  return (catalogue[key] ?? '').replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(data, name) ? partText(data[name], locale) : whole,
  );
}

function partText(inside: unknown, locale: Locale): string {
  if (isSaid(inside)) return textOf(inside, locale) ?? inside.key;
  return typeof inside === 'string' || typeof inside === 'number' ? String(inside) : '';
}

/** Whether a part of a sentence is itself one. */
export function isSaid(part: unknown): part is Said {
  return typeof part === 'object' && part !== null && 'key' in part && 'data' in part;
}

/** The same sentence with other texts in it; numbers stay. */
export function withTexts({ key, data }: Said, change: (text: string) => string): Said {
  const changed = Object.entries(data).map(([name, part]) => {
    if (isSaid(part)) return [name, withTexts(part, change)] as const;
    return [name, typeof part === 'string' ? change(part) : part] as const;
  });
  return { key, data: Object.fromEntries(changed) as Said['data'] };
}

/** An English text, and which sentence it is if it is one of ours. */
export interface Told {
  readonly message: string;
  readonly says?: Said | undefined;
}

/** What was said, in another language; what is no sentence of ours stays as it is. */
export function spoken({ message, says }: Told, locale: Locale): string {
  return says === undefined || locale === 'en' ? message : (textOf(says, locale) ?? message);
}

/** What was told, to stand inside another sentence. */
export function part({ message, says }: Told): string | Said {
  return says ?? message;
}

/** Parts one after the other, as one. */
export function joined(
  parts: readonly (string | Said)[],
  by: 'space' | 'comma' | 'semicolon',
): string | Said {
  const [first = '', ...rest] = parts;
  const key = JOINTS[by];
  return rest.reduce<string | Said>((sum, then) => say(key, { first: sum, then }).says, first);
}

const JOINTS = {
  space: 'together',
  comma: 'togetherByComma',
  semicolon: 'togetherBySemicolon',
} as const;

/** An Error whose message can be said in every language. */
export class SaidError extends Error {
  override readonly name: string = 'SaidError';
  readonly says: Said;

  constructor({ message, says }: Sentence, options?: ErrorOptions) {
    super(message, options);
    this.says = says;
  }
}

/** The same for what may come from elsewhere, without a note. */
export class ToldError extends Error {
  readonly says: Said | undefined;

  constructor(what: string | Told, options?: ErrorOptions) {
    const { message, says }: Told = typeof what === 'string' ? { message: what } : what;
    super(message, options);
    this.says = says;
  }
}

/** What was thrown, told: as a sentence of ours where it is one. */
export function toldBy(thrown: unknown): Told {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  const says: unknown = 'says' in thrown ? thrown.says : undefined;
  return isSaid(says) ? { message: thrown.message, says } : { message: thrown.message };
}
