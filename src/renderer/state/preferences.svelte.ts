import {
  DEFAULT_PREFERENCES,
  type DesktopInput,
  type Preferences,
} from '../../shared/desktop-contract.ts';
import type { Client } from './client.ts';
import type { I18n } from './i18n.svelte.ts';

/** Language, theme and manners of this computer's window; kept by the desktop. */
export class PreferencesState {
  current = $state.raw<Preferences>(DEFAULT_PREFERENCES);
  readonly #client: Client;
  readonly #i18n: I18n;

  constructor(client: Client, i18n: I18n) {
    this.#client = client;
    this.#i18n = i18n;
  }

  async load(): Promise<void> {
    this.apply(await this.#client.desktop('preferences.get', {}));
  }

  async change(changes: DesktopInput<'preferences.patch'>): Promise<void> {
    this.apply(await this.#client.desktop('preferences.patch', changes));
  }

  apply(preferences: Preferences): void {
    this.current = preferences;
    this.#i18n.prefer(preferences.language);
    if (preferences.theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = preferences.theme;
    document.documentElement.lang = this.#i18n.locale;
  }
}
