import { say, type Sentence } from '../../../../shared/sentences.ts';
import type { StoreFiles } from '../files/store-files.ts';
import { HEADER_BYTES, type JournalHeader } from '../journal/frame.ts';
import { readJournalHeader } from '../journal/reader.ts';
import { generationOfJournal, journalName } from './layout.ts';
import type { Generation, Manifest } from './manifest.ts';

export interface FoundJournal {
  readonly name: string;
  readonly generation: number;
  /** Null when it cannot be read. */
  readonly header: JournalHeader | null;
  readonly size: number;
}

export async function findJournals(files: StoreFiles): Promise<FoundJournal[]> {
  const found: FoundJournal[] = [];
  for (const name of await files.list('.')) {
    const generation = generationOfJournal(name);
    if (generation === null) continue;
    const identity = await files.stat(name);
    // A folder or a link to nothing may stand for any number of transactions.
    const size = identity?.isFile ? identity.size : Number.POSITIVE_INFINITY;
    const header = identity?.isFile ? await readJournalHeader(files, name) : null;
    const isItself = header?.generation === generation;
    found.push({ name, generation, header: isItself ? header : null, size });
  }
  return found.sort((left, right) => left.generation - right.generation);
}

export interface ChainedJournal extends FoundJournal {
  readonly header: JournalHeader;
}

/** The journals of a database in order, as far as they are all there. */
export interface JournalChain {
  readonly journals: readonly ChainedJournal[];
  /** Why those behind the last one cannot be read; null when there are none. */
  readonly damage: Sentence | null;
}

/** Which journals follow a snapshot. */
export function chainOf(
  base: { readonly generation: Generation | null; readonly lineage: Uint8Array },
  found: readonly FoundJournal[],
  manifest: Manifest | null,
): JournalChain {
  const journals: ChainedJournal[] = [];
  const needed = base.generation?.generation ?? 0;
  const newest = manifest?.generations[0]?.generation ?? 0;
  // Behind an older journal's end there may be transactions that were refused.
  for (const journal of found.filter(({ generation }) => generation >= needed)) {
    if (journal.header) {
      if (Buffer.compare(journal.header.lineage, base.lineage) === 0)
        journals.push({ ...journal, header: journal.header });
    } else if (journal.size > HEADER_BYTES || journal.generation <= newest)
      return { journals, damage: say('journalBeginning', { name: journal.name }) };
    // One without even a header, that no manifest knows, was being made when the program ended: nothing can be in it.
  }
  const isThere = newest === 0 || found.some(({ generation }) => generation >= newest);
  const damage = isThere ? null : say('journalMissing', { name: journalName(newest) });
  return { journals, damage };
}
