import {
  DEFAULT_SETTINGS,
  settingsSchema,
  type Settings,
  type SettingsPatch,
} from '../../shared/settings.ts';
import type { JsonValue } from '../../shared/values.ts';
import type { Store } from './store/store.ts';
import { Turns } from './turns.ts';

/** The settings, in memory and in the store. */
export class SettingsBook {
  readonly #store: Pick<Store, 'commit'>;
  readonly #onChange: () => void;
  readonly #turns = new Turns();
  readonly #followers: ((settings: Settings) => void)[] = [];
  #current: Settings = DEFAULT_SETTINGS;

  constructor(store: Pick<Store, 'commit'>, onChange: () => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  get current(): Settings {
    return this.#current;
  }

  load(stored: JsonValue | undefined): void {
    this.#current = readStored(stored);
  }

  /** Tells the settings now and after each change. */
  follow(listener: (settings: Settings) => void): void {
    this.#followers.push(listener);
    listener(this.#current);
  }

  /** Merges the patch; resolves when the settings are on disk and in force. */
  patch(patch: SettingsPatch): Promise<Settings> {
    return this.#turns.take('settings', async () => {
      const next = settingsSchema.parse(merge(this.#current, patch));
      const value = next as unknown as JsonValue;
      await this.#store.commit([{ kind: 'setting.put', name: 'settings', value }]);
      this.#current = next;
      this.#onChange();
      for (const follow of this.#followers) follow(next);
      return next;
    });
  }
}

type SectionName = keyof Settings;

/**
 * The settings as they were stored. What another version added or dropped costs no more than itself: each part that
 * does not fit is left out, and has its default.
 */
export function readStored(stored: JsonValue | undefined): Settings {
  let settings: Settings = DEFAULT_SETTINGS;
  if (!isObject(stored)) return settings;
  for (const section of Object.keys(settingsSchema.shape) as SectionName[]) {
    const part = stored[section];
    if (!isObject(part)) continue;
    // Of named things exactly the stored ones exist: a category that was removed stays removed.
    if (isNamed(section)) settings = { ...settings, [section]: {} };
    for (const [name, value] of Object.entries(part)) {
      // The patch is judged by the schema of the whole: no shape is taken on trust.
      const patch = { [section]: { [name]: value } } as SettingsPatch;
      const merged = settingsSchema.safeParse(merge(settings, patch));
      if (merged.success) settings = merged.data;
    }
  }
  return settings;
}

function isNamed(section: SectionName): boolean {
  return section === 'groups' || section === 'categories' || section === 'services';
}

function isObject(value: JsonValue | undefined): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
    telemetry: { ...settings.telemetry, ...given(patch.telemetry) },
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
