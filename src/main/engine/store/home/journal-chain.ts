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
    const size = (await files.stat(name))?.size ?? 0;
    const header = await readJournalHeader(files, name);
    const isItself = header?.generation === generation;
    found.push({ name, generation, header: isItself ? header : null, size });
  }
  return found.sort((left, right) => left.generation - right.generation);
}

interface ChainedJournal extends FoundJournal {
  readonly header: JournalHeader;
}

/** The journals of this database in order, or why they cannot be all there. */
export function chainOf(
  base: { readonly generation: Generation | null; readonly lineage: Uint8Array },
  journals: readonly FoundJournal[],
  manifest: Manifest | null,
): ChainedJournal[] | string {
  const chain: ChainedJournal[] = [];
  const needed = base.generation?.generation ?? 0;
  for (const journal of journals) {
    // Behind an older journal's end there may be transactions that were refused.
    if (journal.generation < needed) continue;
    if (journal.header) {
      if (Buffer.compare(journal.header.lineage, base.lineage) === 0)
        chain.push({ ...journal, header: journal.header });
    } else if (journal.size > HEADER_BYTES)
      return `${journal.name} cannot be read: its beginning is damaged.`;
    // A smaller one was being made when the program ended: nothing can be in it.
  }
  const newest = manifest?.generations[0]?.generation;
  const isThere = journals.some(({ generation }) => newest !== undefined && generation >= newest);
  if (newest !== undefined && !isThere) return `${journalName(newest)} is missing.`;
  return chain;
}
