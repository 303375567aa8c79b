import {
  DEFAULT_SETTINGS,
  settingsSchema,
  type Settings,
  type SettingsPatch,
} from '../../shared/settings.ts';
import type { JsonValue } from '../../shared/values.ts';
import type { Store } from './store/store.ts';

/** The settings, in memory and in the store. What a newer version added has its default. */
export class SettingsBook {
  readonly #store: Pick<Store, 'commit'>;
  readonly #onChange: () => void;
  #current: Settings = DEFAULT_SETTINGS;

  constructor(store: Pick<Store, 'commit'>, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  get current(): Settings {
    return this.#current;
  }

  load(stored: JsonValue | undefined): void {
    const parsed = settingsSchema.safeParse(
      merge(DEFAULT_SETTINGS, (stored ?? {}) as SettingsPatch),
    );
    if (parsed.success) this.#current = parsed.data;
  }

  async patch(patch: SettingsPatch): Promise<Settings> {
    const next = settingsSchema.parse(merge(this.#current, patch));
    const value = next as unknown as JsonValue;
    await this.#store.commit([{ kind: 'setting.put', name: 'settings', value }]);
    this.#current = next;
    this.#onChange();
    return next;
  }
}

/** Objects are merged, everything else is replaced; null removes a named entry. */
export function merge(settings: Settings, patch: SettingsPatch): Settings {
  const { concurrency, queue, retention, store, autoPause } = settings;
  return {
    concurrency: { ...concurrency, ...given(patch.concurrency) },
    queue: { ...queue, ...given(patch.queue) },
    retention: { ...retention, ...given(patch.retention) },
    store: { ...store, ...given(patch.store) },
    autoPause: { ...autoPause, ...given(patch.autoPause) },
    groups: named(settings.groups, patch.groups),
    categories: named(settings.categories, patch.categories),
    services: named(settings.services, patch.services),
  };
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function given<T extends object>(patch: T | undefined): Given<T> {
  const entries = Object.entries(patch ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

function named<T>(
  before: Readonly<Record<string, T>>,
  patch: Readonly<Record<string, T | null>> | undefined,
): Record<string, T> {
  const kept = Object.entries({ ...before, ...patch }).filter(
    (entry): entry is [string, T] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}
