export { createFormat, type Format } from './format.ts';
export type { TextKey, Translate } from './keys.ts';
export { resolveLocale, type Locale } from './locale.ts';
export { createTranslator, type Translator } from './translator.ts';
