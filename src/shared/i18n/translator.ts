import i18next from 'i18next';
import { en } from './en/index.ts';
import type { Texts, Translate } from './keys.ts';
import type { Locale } from './locale.ts';
import { ptBR } from './pt-BR/index.ts';

export interface Translator {
  readonly locale: Locale;
  readonly t: Translate;
}

const resources = {
  en: { translation: withManyForms(en) },
  'pt-BR': { translation: withManyForms(ptBR) },
};

/** The catalogue in one language; window, tray and command line share it. Counts are written in that language. */
export function createTranslator(locale: Locale): Translator {
  const instance = i18next.createInstance();
  void instance.init({
    lng: locale,
    fallbackLng: 'en',
    resources,
    nsSeparator: false,
    initAsync: false,
    interpolation: { escapeValue: false },
  });
  const numbers = new Intl.NumberFormat(locale);
  const t: Translate = (key, ...[parameters]) =>
    instance.t(key, inWords(parameters as Readonly<Record<string, unknown>> | undefined, numbers));
  return { locale, t };
}

/** `count` chooses the plural form; every number is shown with the language's separators. */
function inWords(
  parameters: Readonly<Record<string, unknown>> | undefined,
  numbers: Intl.NumberFormat,
): Record<string, unknown> {
  if (parameters === undefined) return {};
  const replace = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? numbers.format(value) : value,
    ]),
  );
  return 'count' in parameters ? { count: parameters['count'], replace } : { replace };
}

/**
 * Portuguese has a third form, `many`, for round millions, that reads as `other` does. Without it i18next would
 * answer in the fallback language exactly there.
 */
function withManyForms(texts: Texts): Texts {
  const completed: Record<string, string | Texts> = {};
  for (const [key, value] of Object.entries(texts)) {
    completed[key] = typeof value === 'string' ? value : withManyForms(value);
    if (key.endsWith('_other')) completed[key.replace(/_other$/, '_many')] = value;
  }
  return completed;
}
