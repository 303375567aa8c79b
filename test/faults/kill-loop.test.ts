import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PagedFile } from '../../src/main/engine/store/database/paged-file.ts';
import { loadSqlite } from '../../src/main/engine/store/database/sqlite.ts';
import { startHeadless, type Headless } from '../support/headless.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The long form is for `npm run faults`. */
const KILLS = process.env['PONTUAL_TEST_FAULTS'] === 'long' ? 200 : 20;
/** Commits under way at once when the end comes. */
const WRITERS = 4;

describe('the program, killed again and again while it stores', () => {
  it(
    `has after each of ${String(KILLS)} kills everything that it acknowledged`,
    async () => {
      const home = await temporaryFolder();
      const names = new Set<string>();
      let next = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const program = await startHeadless({ home });
        expect(missing(names, await stored(program))).toEqual([]);
        const acknowledged = await writeUntilKilled(program, next, 1 + ((kill * 7) % 23));
        for (const name of acknowledged) names.add(name);
        next += 1000;
      }
      const last = await startHeadless({ home });
      expect(missing(names, await stored(last))).toEqual([]);
      expect(await last.end('SIGTERM')).toBe(0);
      const file = (await loadSqlite()).open(
        PagedFile.of(await readFile(join(home, 'pontual.db'))),
      );
      expect(file.rows('PRAGMA integrity_check')).toEqual([['ok']]);
      file.close();
    },
    KILLS * 10_000,
  );
});

/** Keeps writing until `count` writes were acknowledged, then kills; answers all that were. */
async function writeUntilKilled(program: Headless, from: number, count: number): Promise<string[]> {
  const acknowledged: string[] = [];
  let next = from;
  const isOver = () => acknowledged.length >= count;
  async function write(): Promise<void> {
    while (!isOver()) {
      const name = `n${String(next++)}`;
      const request = { url: `https://api.example.com/${name}` };
      try {
        await program.request('POST', '/integrations', { name, request });
      } catch (error) {
        // Of a write that was under way nobody knows; anything else is a fault.
        if (!isOver()) throw error;
        return;
      }
      acknowledged.push(name);
      if (acknowledged.length === count) await program.end('SIGKILL');
    }
  }
  async function snapshot(): Promise<void> {
    while (!isOver()) await program.request('POST', '/store/checkpoint').catch(() => undefined);
  }
  await Promise.all([snapshot(), ...Array.from({ length: WRITERS }, write)]);
  return acknowledged;
}

async function stored(program: Headless): Promise<Set<string>> {
  const names = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: { id: string }[]; nextCursor: string | null } = await program.request(
      'GET',
      `/integrations?limit=500${after}`,
    );
    for (const { id } of page.items) names.add(id);
    cursor = page.nextCursor;
  }
  return names;
}

function missing(names: ReadonlySet<string>, found: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !found.has(name));
}
