import type { Sqlite } from '../database/sqlite.ts';
import type { PageOp } from '../ops.ts';

/** What is needed of a page to make its records, at the end of the run as on its arrival. */
export type PageContent = Pick<
  PageOp,
  'page' | 'at' | 'batch' | 'notModified' | 'counts' | 'validator'
>;

/**
 * Pages whose records wait for the end of their run: when it is good enough they become records, in one transaction,
 * else nothing of them was ever there. They lie in the database, so the journal brings them back after a crash.
 */
export class Staging {
  readonly #database: Sqlite;
  /** False while no run has any, which is nearly always: the end of each run need not look. */
  #mayHave: boolean;

  constructor(database: Sqlite) {
    this.#database = database;
    this.#mayHave = this.#hasAny();
  }

  #hasAny(): boolean {
    return this.#database.number('SELECT EXISTS (SELECT 1 FROM staged_pages)') === 1;
  }

  put(run: number, { page, at, batch, notModified, counts, validator }: PageContent): void {
    this.#mayHave = true;
    this.#database.run(
      'INSERT OR REPLACE INTO staged_pages (run, page, at, told, batch) VALUES (?, ?, ?, ?, ?)',
      [run, page, at, JSON.stringify({ notModified, counts, validator }), batch],
    );
  }

  /** The pages in their order, one at a time: all of them may be more than fits in memory twice. */
  *pages(run: number): Iterable<PageContent> {
    const numbers = this.#database.rows(
      'SELECT page FROM staged_pages WHERE run = ? ORDER BY page',
      [run],
    );
    for (const [page] of numbers) {
      const row = this.#database.row(
        'SELECT at, told, batch FROM staged_pages WHERE run = ? AND page = ?',
        [run, page as number],
      );
      if (!row) continue;
      const told = JSON.parse(row[1] as string) as Pick<
        PageContent,
        'notModified' | 'counts' | 'validator'
      >;
      yield {
        page: page as number,
        at: row[0] as number,
        batch: row[2] as Uint8Array | null,
        ...told,
      };
    }
  }

  drop(run: number): void {
    if (!this.#mayHave) return;
    this.#database.run('DELETE FROM staged_pages WHERE run = ?', [run]);
  }
}
