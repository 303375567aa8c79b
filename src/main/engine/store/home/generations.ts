import type { DatabaseImage } from '../database/paged-file.ts';
import type { StoreFiles } from '../files/store-files.ts';
import { pastFolder } from './aside.ts';
import {
  DATABASE,
  generationOfRemains,
  MANIFEST,
  PREVIOUS_DATABASE,
  TEMPORARY_SNAPSHOT,
} from './layout.ts';
import { writeManifest, type Generation, type Manifest } from './manifest.ts';
import type { PlacedGeneration } from './recovery.ts';
import type { SnapshotFacts, WriteProved } from './snapshot.ts';

/**
 * The two newest snapshots on disk. The newest one that the manifest names always lies under one of the two names,
 * whatever step of the next one fails or is not reached: it makes room by a rename, and is given up only when the
 * manifest names its successor.
 */
export class Generations {
  readonly #files: StoreFiles;
  readonly #write: WriteProved;
  #current: PlacedGeneration | null;
  #previous: PlacedGeneration | null = null;

  constructor(files: StoreFiles, write: WriteProved, current: PlacedGeneration | null) {
    this.#files = files;
    this.#write = write;
    this.#current = current;
  }

  get current(): PlacedGeneration | null {
    return this.#current;
  }

  /** Newest first. */
  get all(): readonly Generation[] {
    return [this.#current, this.#previous].filter((generation) => generation !== null);
  }

  /** Writes, proves and names a new snapshot, and releases its image. When it fails, the one before is still there. */
  async add(snapshot: NewSnapshot): Promise<void> {
    const { image, lineage, generation, lsn, at } = snapshot;
    const facts = await this.#writeTemporary(image, lsn).finally(() => image.release());
    const fresh = { generation, lsn, at, ...facts };
    await this.#place(at);
    const manifest: Manifest = {
      format: 1,
      lineage: Buffer.from(lineage).toString('hex'),
      generations: [fresh, ...(this.#current ? [withoutPath(this.#current)] : [])],
    };
    await pastFolder(this.#files, MANIFEST, at, () => writeManifest(this.#files, manifest));
    this.#previous = this.#current;
    this.#current = { ...fresh, path: DATABASE };
    await this.#removeOldJournals();
  }

  async #writeTemporary(image: DatabaseImage, lsn: number): Promise<SnapshotFacts> {
    try {
      return await this.#write(TEMPORARY_SNAPSHOT, image, lsn);
    } catch (error) {
      await this.#files.remove(TEMPORARY_SNAPSHOT).catch(() => undefined);
      throw error;
    }
  }

  async #place(at: number): Promise<void> {
    if (this.#current?.path === DATABASE) {
      await this.#rename(DATABASE, PREVIOUS_DATABASE, at);
      this.#current = { ...this.#current, path: PREVIOUS_DATABASE };
    }
    await this.#rename(TEMPORARY_SNAPSHOT, DATABASE, at);
    await this.#files.syncFolder('.');
  }

  #rename(from: string, to: string, at: number): Promise<void> {
    return pastFolder(this.#files, to, at, () => this.#files.rename(from, to));
  }

  /** Those of the two generations stay, and what was set aside of them. A journal that cannot be removed now goes next time. */
  async #removeOldJournals(): Promise<void> {
    const oldest = this.#previous?.generation ?? this.#current?.generation ?? 0;
    const names = await this.#files.list('.').catch(() => []);
    for (const name of names) {
      const generation = generationOfRemains(name);
      if (generation !== null && generation < oldest)
        await this.#files.remove(name).catch(() => undefined);
    }
  }
}

export interface NewSnapshot {
  readonly image: DatabaseImage;
  readonly lsn: number;
  readonly lineage: Uint8Array;
  /** The journal that goes on behind it has the same number. */
  readonly generation: number;
  readonly at: number;
}

function withoutPath({ path: _, ...generation }: PlacedGeneration): Generation {
  return generation;
}
