import type { Sqlite } from '../database/sqlite.ts';

export interface IntegrationState {
  /** Moves whenever a record of the integration is written or removed. */
  writes: number;
  /** Records that have not vanished. */
  live: number;
  lastCompleteAt: number | null;
}

/** The rows of `integration_states`, written at the end of each transaction. */
export class IntegrationStates {
  readonly #database: Sqlite;
  readonly #states = new Map<number, IntegrationState>();
  readonly #dirty = new Set<number>();

  constructor(database: Sqlite) {
    this.#database = database;
  }

  of(integration: number): IntegrationState {
    let state = this.#states.get(integration);
    if (!state) {
      state = this.#load(integration);
      this.#states.set(integration, state);
    }
    return state;
  }

  changed(integration: number): void {
    this.#dirty.add(integration);
  }

  flush(): void {
    for (const integration of this.#dirty) {
      const { writes, live, lastCompleteAt } = this.of(integration);
      this.#database.run(
        'INSERT OR REPLACE INTO integration_states (integration, writes, live, last_complete_at) VALUES (?, ?, ?, ?)',
        [integration, writes, live, lastCompleteAt],
      );
    }
    this.#dirty.clear();
  }

  forget(): void {
    this.#states.clear();
    this.#dirty.clear();
  }

  #load(integration: number): IntegrationState {
    const row = this.#database.row(
      'SELECT writes, live, last_complete_at FROM integration_states WHERE integration = ?',
      [integration],
    );
    return {
      writes: (row?.[0] as number | undefined) ?? 0,
      live: (row?.[1] as number | undefined) ?? 0,
      lastCompleteAt: (row?.[2] as number | null | undefined) ?? null,
    };
  }
}
