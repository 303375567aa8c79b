import { createContext } from 'svelte';
import {
  createFormat,
  createTranslator,
  resolveLocale,
  type Format,
  type Locale,
  type Translate,
} from '../../shared/i18n/index.ts';
import { spoken, type Said, type Told } from '../../shared/sentences.ts';

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

  /** What was said, in the language of the window. */
  spoken(told: Told): string {
    return spoken(told, this.locale);
  }

  /** The same of a text that may be missing, with the note beside it. */
  said(message: string | null, says: Said | undefined): string | null {
    return message === null ? null : this.spoken({ message, says });
  }

  prefer(language: 'system' | Locale, systemLanguages: readonly string[] = this.#systemLanguages) {
    this.#preference = language;
    this.#systemLanguages = systemLanguages;
  }
}

export const [getI18n, setI18n] = createContext<I18n>();
