import type { Integration } from '../../shared/integration.ts';
import type { JsonValue } from '../../shared/values.ts';
import type { Store } from './store/store.ts';
import { allStoredJobs } from './store/stored-jobs.ts';

/** What the last process left; nothing where the store is so damaged that it has to be recovered first. */
export async function readStored(store: Pick<Store, 'query' | 'health'>): Promise<Stored> {
  try {
    return await readAll(store);
  } catch (error) {
    if (store.health.state !== 'read-only') throw error;
    return { settings: {}, integrations: [], jobs: [], secrets: [], unfinished: [] };
  }
}

type Stored = Awaited<ReturnType<typeof readAll>>;

async function readAll(store: Pick<Store, 'query'>) {
  const [settings, integrations, jobs, secrets, unfinished] = await Promise.all([
    store.query('settings.all', null),
    store.query('integrations.all', null),
    allStoredJobs(store),
    store.query('secrets.all', null),
    store.query('runs.unfinished', null),
  ]);
  return { settings, integrations: integrations.map(filled), jobs, secrets, unfinished };
}

export function numberOrNull(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** With what declarations did not say when it was stored. */
function filled(stored: Integration): Integration {
  return { ...LATER_DEFAULTS, ...stored };
}

const LATER_DEFAULTS = { vanishedMaxPercent: null };

/** Losing this only makes the next start believe a clock that was set back a little further. */
export async function seen(store: Pick<Store, 'commit'>, now: number): Promise<void> {
  await store
    .commit([{ kind: 'setting.put', name: 'lastSeen', value: now }])
    .catch(() => undefined);
}
