import type { Sqlite } from '../database/sqlite.ts';

/** Jobs, integrations and workers by number, so that a million rows do not repeat their names. */
export class Names {
  readonly #database: Sqlite;
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** The number of a name, which is given one if it has none. Only while a transaction is applied. */
  id(name: string): number {
    const known = this.find(name);
    if (known !== undefined) return known;
    const id = 1 + this.#database.number('SELECT max(id) FROM names');
    this.#database.run('INSERT INTO names (id, name) VALUES (?, ?)', [id, name]);
    this.#remember(id, name);
    return id;
  }

  find(name: string): number | undefined {
    const cached = this.#ids.get(name);
    if (cached !== undefined) return cached;
    const id = this.#database.row('SELECT id FROM names WHERE name = ?', [name])?.[0];
    if (typeof id !== 'number') return undefined;
    this.#remember(id, name);
    return id;
  }

  name(id: number): string {
    const cached = this.#names.get(id);
    if (cached !== undefined) return cached;
    const name = this.#database.row('SELECT name FROM names WHERE id = ?', [id])?.[0];
    if (typeof name !== 'string') throw new Error(`The database names an unknown number ${id}.`);
    this.#remember(id, name);
    return name;
  }

  /** After a rollback nothing remembered is certain. */
  forget(): void {
    this.#ids.clear();
    this.#names.clear();
  }

  #remember(id: number, name: string): void {
    this.#ids.set(name, id);
    this.#names.set(id, name);
  }
}
