import { joined, part, SaidError, say, type Sentence } from '../../../../shared/sentences.ts';
import type { Sqlite, SqliteModule } from '../database/sqlite.ts';
import type { StoreFiles } from '../files/store-files.ts';
import type { JournalHeader } from '../journal/frame.ts';
import { readJournal, type JournalEnd, type JournaledTransaction } from '../journal/reader.ts';
import { migrate } from '../migrations.ts';
import { chainOf, findJournals, type FoundJournal } from './journal-chain.ts';
import { DATABASE, PREVIOUS_DATABASE } from './layout.ts';
import { readManifest, type Generation, type Manifest } from './manifest.ts';
import { BadSnapshot, openSnapshot, quickCheck, readSnapshot, readVerified } from './snapshot.ts';

/** What is on disk of the two snapshots: which file holds which generation. */
export interface PlacedGeneration extends Generation {
  readonly path: string;
}

export interface Base {
  readonly database: Sqlite;
  readonly lsn: number;
  readonly lineage: Uint8Array;
  readonly path: string;
  /** As the manifest has it; null when the manifest does not know this file. */
  readonly generation: PlacedGeneration | null;
  readonly hasMigrated: boolean;
  /** Before the journals: whether the file has more to show than what was declared. */
  readonly holdsRuns: boolean;
}

/** A home that holds a store, read as far as it can be trusted. */
export type Recovered =
  | {
      readonly kind: 'whole';
      readonly base: Base;
      /** The journal to go on with; null when there is none. */
      readonly tail: { readonly header: JournalHeader; readonly end: JournalEnd } | null;
      readonly highestGeneration: number;
      readonly notes: readonly Sentence[];
      /** The files on disk are not what a checkpoint leaves: write one soon. */
      readonly isUntidy: boolean;
    }
  /** The database holds a consistent prefix of what was stored. */
  | {
      readonly kind: 'prefix';
      readonly base: Base;
      readonly why: Sentence;
      readonly highestGeneration: number;
      readonly notes: readonly Sentence[];
    }
  | {
      readonly kind: 'nothing';
      readonly why: Sentence;
      readonly highestGeneration: number;
      readonly notes: readonly Sentence[];
    };

/** A transaction of the journal does not go into the database that it came from. */
export class ReplayFailed extends SaidError {
  override readonly name = 'ReplayFailed';

  constructor(lsn: number, why: string) {
    super(say('notAppliedAgain', { lsn, why }));
  }
}

export interface ReplayTarget {
  /** Called once, before any transaction. */
  begin(database: Sqlite): void;
  apply(transaction: JournaledTransaction): void;
  /** After the last transaction; what was applied is committed. */
  end(): void;
}

/**
 * Finds the newest snapshot that proves itself and replays the journals behind it, up to `untilLsn`. Changes no file.
 * With `paths` only some of the snapshots are looked at.
 */
export async function recover(
  files: StoreFiles,
  module: SqliteModule,
  target: ReplayTarget,
  untilLsn = Number.POSITIVE_INFINITY,
  paths: readonly string[] = [DATABASE, PREVIOUS_DATABASE],
): Promise<Recovered> {
  const notes: Sentence[] = [];
  const manifest = await readManifest(files);
  if (!manifest) notes.push(say('noManifest'));
  const journals = await findJournals(files);
  const highestGeneration = Math.max(
    0,
    ...journals.map(({ generation }) => generation),
    ...(manifest?.generations.map(({ generation }) => generation) ?? []),
  );
  const base = await findBase(files, module, manifest, paths, notes);
  if (!base)
    return {
      kind: 'nothing',
      why: say('noSnapshotReads', {
        newest: DATABASE,
        previous: PREVIOUS_DATABASE,
        why: joined(notes.map(part), 'space'),
      }),
      highestGeneration,
      notes,
    };
  target.begin(base.database);
  const doubt = doubtOf(base, manifest);
  const replayed = await replayOrTell(files, base, journals, manifest, target, untilLsn, notes);
  const why = replayed.damage ?? doubt;
  if (why !== null) return { kind: 'prefix', base, why, highestGeneration, notes };
  const isNewest =
    base.path === DATABASE &&
    base.generation !== null &&
    base.generation.generation === manifest?.generations[0]?.generation;
  return {
    kind: 'whole',
    base,
    tail: replayed.tail,
    highestGeneration,
    notes,
    isUntidy: !isNewest || base.hasMigrated,
  };
}

/** Why a snapshot that reads well may not be the data all the same. */
function doubtOf(base: Base, manifest: Manifest | null): Sentence | null {
  if (!manifest) return null;
  if (base.generation === null) return say('notWhatWasWritten', { path: base.path });
  return Buffer.from(base.lineage).toString('hex') === manifest.lineage
    ? null
    : say('newestUnreadable');
}

async function findBase(
  files: StoreFiles,
  module: SqliteModule,
  manifest: Manifest | null,
  paths: readonly string[],
  notes: Sentence[],
): Promise<Base | null> {
  for (const [at, generation] of (manifest?.generations ?? []).entries()) {
    for (const path of at === 0 ? paths : paths.toReversed()) {
      const base = await tried(notes, async () => {
        const content = await readVerified(files, path, generation);
        return opened(openSnapshot(module, path, content), path, { ...generation, path });
      });
      if (base) return base;
    }
  }
  return scan(files, module, paths, notes);
}

/** Without a manifest that fits: whichever file proves to be a sound database, the newer one first. */
async function scan(
  files: StoreFiles,
  module: SqliteModule,
  paths: readonly string[],
  notes: Sentence[],
): Promise<Base | null> {
  let best: Base | null = null;
  for (const path of paths) {
    const base = await tried(notes, async () => {
      const database = openSnapshot(module, path, await readSnapshot(files, path));
      try {
        quickCheck(database, path);
        return opened(database, path, null);
      } catch (error) {
        database.close();
        throw error;
      }
    });
    if (!base) continue;
    const [worse, better]: [Base | null, Base] =
      best && best.lsn >= base.lsn ? [base, best] : [best, base];
    worse?.database.close();
    best = better;
  }
  return best;
}

function opened(database: Sqlite, path: string, generation: PlacedGeneration | null): Base {
  database.tune();
  const hasMigrated = migrate(database);
  const row = database.row('SELECT lsn, uuid FROM store_state');
  if (!row) throw new BadSnapshot(say('snapshotSaysNothing', { path }));
  const [lsn, lineage] = row as [number, Uint8Array];
  const holdsRuns = database.number('SELECT EXISTS (SELECT 1 FROM runs)') === 1;
  return { database, lsn, lineage, path, generation, hasMigrated, holdsRuns };
}

/** What is wrong with a file is noted; what is wrong with the program or the disk is not caught. */
async function tried<T>(notes: Sentence[], action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof BadSnapshot)) throw error;
    if (!notes.some(({ message }) => message === error.message)) notes.push(error);
    return null;
  }
}

async function replayOrTell(
  files: StoreFiles,
  base: Base,
  journals: readonly FoundJournal[],
  manifest: Manifest | null,
  target: ReplayTarget,
  untilLsn: number,
  notes: Sentence[],
): Promise<Replayed> {
  try {
    const replayed = await replay(files, base, journals, manifest, target, untilLsn, notes);
    target.end();
    return replayed;
  } catch (error) {
    if (error instanceof ReplayFailed) return { damage: error, tail: null };
    throw error;
  }
}

interface Replayed {
  readonly damage: Sentence | null;
  readonly tail: { readonly header: JournalHeader; readonly end: JournalEnd } | null;
}

async function replay(
  files: StoreFiles,
  base: Base,
  journals: readonly FoundJournal[],
  manifest: Manifest | null,
  target: ReplayTarget,
  untilLsn: number,
  notes: Sentence[],
): Promise<Replayed> {
  const chain = chainOf(base, journals, manifest);
  let lsn = base.lsn;
  let tail: Replayed['tail'] = null;
  for (const [at, { name, header }] of chain.journals.entries()) {
    const next = chain.journals[at + 1];
    const last = Math.min(untilLsn, next ? next.header.firstLsn - 1 : Number.POSITIVE_INFINITY);
    if (next && last <= lsn) continue;
    if (header.firstLsn > lsn + 1)
      return {
        damage: say('transactionsMissing', { from: lsn + 1, to: header.firstLsn - 1 }),
        tail,
      };
    const end = await readJournal(files, name, header, lsn, (transaction) => {
      // What follows here is told otherwise by the next journal: it was refused.
      if (transaction.lsn > last) return;
      target.apply(transaction);
      lsn = transaction.lsn;
    });
    const isComplete = next ? lsn === last : end.kind !== 'damaged' || lsn >= untilLsn;
    if (!isComplete)
      return { damage: say('journalAt', { name, why: reasonOf(end, lsn).says }), tail };
    if (end.kind === 'torn') notes.push(say('journalTail', { name, bytes: end.dropped }));
    if (!next) tail = { header, end };
  }
  return { damage: chain.damage, tail };
}

function reasonOf(end: JournalEnd, lsn: number): Sentence {
  return end.kind === 'damaged' ? end.why : say('endsTooEarly', { lsn });
}
