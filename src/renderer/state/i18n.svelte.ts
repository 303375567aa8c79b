import { createContext } from 'svelte';
import {
  createFormat,
  createTranslator,
  resolveLocale,
  type Format,
  type Locale,
  type Translate,
} from '../../shared/i18n/index.ts';

/** The language of the window; texts follow it at once when it changes. */
export class I18n {
  #preference = $state<'system' | Locale>('system');
  #systemLanguages = $state.raw<readonly string[]>(navigator.languages);
  readonly locale = $derived(resolveLocale(this.#preference, this.#systemLanguages));
  readonly #translator = $derived(createTranslator(this.locale));
  readonly #format = $derived(createFormat(this.locale));

  get t(): Translate {
    return this.#translator.t;
  }

  get format(): Format {
    return this.#format;
  }

  prefer(language: 'system' | Locale, systemLanguages: readonly string[] = this.#systemLanguages) {
    this.#preference = language;
    this.#systemLanguages = systemLanguages;
  }
}

export const [getI18n, setI18n] = createContext<I18n>();
