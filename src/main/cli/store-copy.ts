import { copyFile, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Said, Told } from '../../shared/sentences.ts';
import type { Clock } from '../engine/clock.ts';
import { openStore } from '../engine/store/store-client.ts';
import { DATABASE, isOfStore } from '../engine/store/home/layout.ts';
import type { StoredJob, StoreFigures, StoreHealth } from '../engine/store/store.ts';
import { allStoredJobs } from '../engine/store/stored-jobs.ts';

/** What a store says of itself when it is opened. */
export interface StoreExamination {
  readonly health: StoreHealth;
  readonly figures: StoreFigures;
  readonly notes: readonly Told[];
  readonly jobs: readonly StoredJob[];
}

/** Opens a copy of a home's store with the very code that opens the home, so that looking changes nothing. */
export async function examineCopy(
  home: string,
  threadFile: URL,
  clock: Clock,
): Promise<StoreExamination> {
  const copy = await mkdtemp(join(tmpdir(), 'pontual-look-'));
  try {
    for (const name of (await readdir(home)).filter(isOfStore))
      await copyFile(join(home, name), join(copy, name));
    return await examine(copy, threadFile, clock);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Opens a home's store, which also brings it to the newest version, and closes it again. */
export async function examine(
  home: string,
  threadFile: URL,
  clock: Clock,
): Promise<StoreExamination> {
  const notes: Told[] = [];
  const onNote = (_level: string, message: string, says?: Said) =>
    void notes.push({ message, says });
  const store = await openStore({ home, threadFile, clock, onNote });
  try {
    // A store of which nothing can be read refuses every question; its health says why.
    const jobs = await allStoredJobs(store).catch(() => []);
    return { health: store.health, figures: store.figures, notes, jobs };
  } finally {
    await store.close(CLOSE_MS);
  }
}

const CLOSE_MS = 30_000;

/** SQLite keeps the version of the data here (file format, 1.3: user version). */
const VERSION_AT = 60;

/** The version of the data in a home's database file; null when there is none. */
export async function dataVersion(home: string): Promise<number | null> {
  try {
    const file = await open(join(home, DATABASE));
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, VERSION_AT);
      return bytesRead === 4 ? buffer.readUInt32BE() : null;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
