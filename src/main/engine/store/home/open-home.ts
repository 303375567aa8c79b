import { say, type Sentence } from '../../../../shared/sentences.ts';
import type { SqliteModule } from '../database/sqlite.ts';
import { readRange, writeAll, type StoreFiles } from '../files/store-files.ts';
import { HEADER_BYTES } from '../journal/frame.ts';
import type { JournalEnd } from '../journal/reader.ts';
import { JournalWriter } from '../journal/writer.ts';
import { Memory } from '../memory.ts';
import { MemoryReplay } from '../memory-replay.ts';
import { healthFor, type StoreHealth } from '../store.ts';
import type { Settlement } from '../thread-protocol.ts';
import { pastFolder } from './aside.ts';
import { Backups } from './backups.ts';
import { createDatabase } from './create.ts';
import { Generations } from './generations.ts';
import {
  DATABASE,
  generationOfJournal,
  isTemporary,
  journalName,
  MANIFEST,
  PREVIOUS_DATABASE,
  tornName,
} from './layout.ts';
import { recover, type Recovered } from './recovery.ts';
import type { WriteProved } from './snapshot.ts';

export interface HomeDeps {
  readonly files: StoreFiles;
  readonly module: SqliteModule;
  readonly write: WriteProved;
  monotonic(): number;
  now(): number;
  /** 16 random bytes for a new database. */
  newLineage(): Uint8Array;
  /** Whose transactions are told of in `settled`, and up to which one they were answered. */
  readonly client: number;
  readonly answeredSeq: number;
}

export interface OpenedHome {
  /** Null when nothing can be read. */
  readonly memory: Memory | null;
  /** Null unless the store can be written. */
  readonly writer: JournalWriter | null;
  readonly generations: Generations;
  readonly lineage: Uint8Array;
  readonly highestGeneration: number;
  readonly health: StoreHealth;
  readonly notes: readonly Sentence[];
  readonly settled: readonly Settlement[];
  readonly needsCheckpoint: boolean;
  /** Whether the newest snapshot has runs in it. */
  readonly holdsRuns: boolean;
}

/** Opens the store of a home, or begins one where there is none. */
export async function openHome(deps: HomeDeps): Promise<OpenedHome> {
  const { files } = deps;
  await files.makeFolder('.');
  const names = await files.list('.');
  for (const name of names.filter(isTemporary))
    await pastFolder(files, name, deps.now(), () => files.remove(name));
  await new Backups(files, deps.write).removeUnfinished();
  return (await holdsStore(files, names)) ? openExisting(deps) : begin(deps);
}

/** Files that something may be in: then nothing may begin anew. */
async function holdsStore(files: StoreFiles, names: readonly string[]): Promise<boolean> {
  if ([DATABASE, PREVIOUS_DATABASE, MANIFEST].some((name) => names.includes(name))) return true;
  for (const name of names) {
    if (generationOfJournal(name) === null) continue;
    const identity = await files.stat(name);
    if (!identity?.isFile || identity.size > HEADER_BYTES) return true;
  }
  return false;
}

async function begin(deps: HomeDeps): Promise<OpenedHome> {
  const lineage = deps.newLineage();
  const database = createDatabase(deps.module, lineage);
  const memory = new Memory(database, () => deps.monotonic());
  const writer = await JournalWriter.create(deps.files, { generation: 1, firstLsn: 1, lineage });
  const generations = new Generations(deps.files, deps.write, null);
  const image = memory.image();
  await generations.add({ generation: 1, lsn: 0, lineage, image, at: deps.now() });
  return {
    memory,
    writer,
    generations,
    lineage,
    highestGeneration: 1,
    health: { state: 'ok', reason: null },
    notes: [],
    settled: [],
    needsCheckpoint: false,
    holdsRuns: false,
  };
}

async function openExisting(deps: HomeDeps): Promise<OpenedHome> {
  const { files, module } = deps;
  const replay = new MemoryReplay(() => deps.monotonic(), deps.client, deps.answeredSeq);
  const recovered = await recover(files, module, replay);
  const { highestGeneration, notes } = recovered;
  if (recovered.kind === 'nothing')
    return {
      memory: null,
      writer: null,
      generations: new Generations(files, deps.write, null),
      lineage: deps.newLineage(),
      highestGeneration,
      health: healthFor('read-only', say('nothingReadable', { why: recovered.why.says })),
      notes,
      settled: [],
      needsCheckpoint: false,
      holdsRuns: false,
    };
  const { base } = recovered;
  const shared = {
    memory: replay.memory,
    lineage: base.lineage,
    generations: new Generations(files, deps.write, base.generation),
    notes,
    settled: replay.settled,
    holdsRuns: base.holdsRuns,
  };
  if (recovered.kind === 'prefix')
    return {
      ...shared,
      writer: null,
      highestGeneration,
      health: healthFor('read-only', damaged(recovered.why, replay.memory.lsn)),
      needsCheckpoint: false,
    };
  if (base.hasMigrated)
    await new Backups(files, deps.write).keep(base.path, deps.now(), 'before-migration');
  const writer = await writerAfter(files, recovered, replay.memory.lsn);
  return {
    ...shared,
    writer,
    highestGeneration: Math.max(highestGeneration, writer.header.generation),
    health: { state: 'ok', reason: null },
    needsCheckpoint: recovered.isUntidy || !recovered.tail,
  };
}

function damaged({ says: why }: Sentence, lsn: number): Sentence {
  return say('partReadable', { why, lsn });
}

/** Goes on with the last journal, or with a new one when the snapshot stands alone. */
async function writerAfter(
  files: StoreFiles,
  { tail, base, highestGeneration }: Extract<Recovered, { kind: 'whole' }>,
  lsn: number,
): Promise<JournalWriter> {
  if (!tail)
    return JournalWriter.create(files, {
      generation: highestGeneration + 1,
      firstLsn: lsn + 1,
      lineage: base.lineage,
    });
  const { header, end } = tail;
  if (end.kind === 'torn') await setAside(files, header.generation, end);
  return JournalWriter.goOn(files, header, end.size);
}

const LARGEST_ASIDE_BYTES = 16 * 1024 * 1024;

/** Keeps a torn tail for whoever wants to look at it. That must not keep the program from starting. */
async function setAside(
  files: StoreFiles,
  generation: number,
  end: Extract<JournalEnd, { kind: 'torn' }>,
): Promise<void> {
  const name = journalName(generation);
  try {
    const from = await files.open(name, 'read');
    const to = await files.open(tornName(generation), 'create');
    try {
      const bytes = await readRange(from, end.size, Math.min(end.dropped, LARGEST_ASIDE_BYTES));
      await writeAll(to, bytes, 0);
    } finally {
      await from.close();
      await to.close();
    }
  } catch {
    // The tail was never acknowledged.
  }
}
