/** Names of the store's files in a home. */
export const DATABASE = 'pontual.db';
export const PREVIOUS_DATABASE = 'pontual.previous.db';
export const MANIFEST = 'MANIFEST';
export const TEMPORARY_SNAPSHOT = 'pontual.db.tmp';

const JOURNAL = /^journal-(\d{6,})\.log$/;
const TORN = '.torn';

/** A journal bears the number of the snapshot that it follows. */
export function journalName(generation: number): string {
  return `journal-${String(generation).padStart(6, '0')}.log`;
}

/** Where the bytes of a journal's torn tail are set aside, for whoever wants to look at them. */
export function tornName(generation: number): string {
  return journalName(generation) + TORN;
}

/** Of a journal or its torn tail; null for any other file. */
export function generationOfRemains(name: string): number | null {
  return generationOfJournal(name.endsWith(TORN) ? name.slice(0, -TORN.length) : name);
}

/** Null for any other file. */
export function generationOfJournal(name: string): number | null {
  const digits = JOURNAL.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function isTemporary(name: string): boolean {
  return name === TEMPORARY_SNAPSHOT || name === `${MANIFEST}.tmp`;
}

/** Whether a name in the home is that of a snapshot, a journal or the manifest. */
export function isOfStore(name: string): boolean {
  return (
    name === DATABASE ||
    name === PREVIOUS_DATABASE ||
    name === MANIFEST ||
    generationOfJournal(name) !== null
  );
}

/** An instant as part of a file's name, on every file system. */
export function stampOf(at: number): string {
  return new Date(at).toISOString().replaceAll(':', '-');
}
