import type { en } from './en/index.ts';

/** Texts may be nested; plural forms end in `_one` and `_other` and are asked for without the ending. */
export interface Texts {
  readonly [key: string]: string | Texts;
}

/** The same keys with other words: what a translation must have. */
export type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]>;
};

type Base<K extends string> = K extends `${infer B}_one` | `${infer B}_other` ? B : K;

type Entries<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string
    ? { key: `${Prefix}${Base<K>}`; text: T[K]; plural: K extends Base<K> ? false : true }
    : Entries<T[K], `${Prefix}${K}.`>;
}[keyof T & string];

type Entry = Entries<typeof en>;
export type TextKey = Entry['key'];
type EntryOf<K extends TextKey> = Extract<Entry, { key: K }>;

export type Placeholders<S extends string> = S extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The names in `{{...}}` of a text; a plural always needs `count`. */
export type ParameterName<K extends TextKey> =
  Placeholders<EntryOf<K>['text']> | (true extends EntryOf<K>['plural'] ? 'count' : never);

export type Parameters<K extends TextKey> = [ParameterName<K>] extends [never]
  ? []
  : [
      parameters: {
        readonly [N in ParameterName<K>]: N extends 'count' ? number : string | number;
      },
    ];

/** Answers the text of a key in one language. Unknown keys and forgotten parameters do not compile. */
export type Translate = <K extends TextKey>(key: K, ...parameters: Parameters<K>) => string;
