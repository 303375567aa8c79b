import type { StoreFiles } from '../files/store-files.ts';
import { DATABASE, generationOfJournal, PREVIOUS_DATABASE, TEMPORARY_SNAPSHOT } from './layout.ts';
import { writeManifest, type Generation } from './manifest.ts';
import type { PlacedGeneration } from './recovery.ts';
import { writeSnapshot, type SnapshotFacts } from './snapshot.ts';

/** Proves a snapshot on disk, away from the store's thread; rejects when it does not hold. */
export type VerifySnapshot = (
  path: string,
  expected: SnapshotFacts & { readonly lsn: number },
) => Promise<void>;

/**
 * The two newest snapshots on disk. At every moment one that was verified lies under one of the two names, whatever
 * step fails or is not reached; the manifest follows.
 */
export class Generations {
  readonly #files: StoreFiles;
  readonly #lineage: Uint8Array;
  readonly #verify: VerifySnapshot;
  #current: PlacedGeneration | null;
  #previous: PlacedGeneration | null = null;
  #isManifestStale = false;

  constructor(
    files: StoreFiles,
    lineage: Uint8Array,
    verify: VerifySnapshot,
    current: PlacedGeneration | null,
  ) {
    this.#files = files;
    this.#lineage = lineage;
    this.#verify = verify;
    this.#current = current;
  }

  get current(): PlacedGeneration | null {
    return this.#current;
  }

  /** Writes, proves and names a new snapshot. When it fails, the one before is still there. */
  async add(
    generation: number,
    lsn: number,
    bytes: Uint8Array,
    at: number,
  ): Promise<PlacedGeneration> {
    if (this.#isManifestStale) await this.#writeManifest();
    let facts: SnapshotFacts;
    try {
      facts = await writeSnapshot(this.#files, TEMPORARY_SNAPSHOT, bytes);
      await this.#verify(TEMPORARY_SNAPSHOT, { ...facts, lsn });
    } catch (error) {
      await this.#files.remove(TEMPORARY_SNAPSHOT).catch(() => undefined);
      throw error;
    }
    await this.#place({ generation, lsn, at, ...facts });
    await this.#writeManifest();
    const current = this.#current;
    if (!current) throw new Error('A snapshot was written, but lies nowhere.');
    await this.#removeOldJournals();
    return current;
  }

  async #place(fresh: Generation): Promise<void> {
    this.#isManifestStale = true;
    if (this.#current?.path === DATABASE) {
      await this.#files.rename(DATABASE, PREVIOUS_DATABASE);
      this.#current = { ...this.#current, path: PREVIOUS_DATABASE };
    }
    await this.#files.rename(TEMPORARY_SNAPSHOT, DATABASE);
    this.#previous = this.#current;
    this.#current = { ...fresh, path: DATABASE };
    await this.#files.syncFolder('.');
  }

  async #writeManifest(): Promise<void> {
    const generations = [this.#current, this.#previous]
      .filter((generation) => generation !== null)
      .map(({ path: _, ...generation }) => generation);
    const lineage = Buffer.from(this.#lineage).toString('hex');
    await writeManifest(this.#files, { format: 1, lineage, generations });
    this.#isManifestStale = false;
  }

  /** Those of the two generations stay. A journal that cannot be removed now goes next time. */
  async #removeOldJournals(): Promise<void> {
    const oldest = this.#previous?.generation ?? this.#current?.generation ?? 0;
    for (const name of await this.#files.list('.')) {
      const generation = generationOfJournal(name);
      if (generation !== null && generation < oldest)
        await this.#files.remove(name).catch(() => undefined);
    }
  }
}
