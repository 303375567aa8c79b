import type { ImportReport } from '../../shared/config-document.ts';
import { waitedForFirst } from '../../shared/job-order.ts';
import { say, type Sentence } from '../../shared/sentences.ts';
import { SERVER_LIMITS } from '../server/server-options.ts';

/** A document that is larger than one request may be, as several that mean the same together. Pure. */

export interface DocumentParts {
  /** In this order: integrations, then jobs, each behind those that it runs after. */
  readonly parts: readonly unknown[];
  /** What fits into no request, or repeats an item of another part. */
  readonly refused: ImportReport['skipped'];
}

type Kind = 'integration' | 'job';
interface Entry {
  readonly kind: Kind;
  readonly item: unknown;
  readonly bytes: number;
}

const LISTS: Readonly<Record<Kind, string>> = { integration: 'integrations', job: 'jobs' };
/** Around the items of a part: version, names of lists, brackets. */
const FRAME_BYTES = 256;

export function inParts(
  document: unknown,
  mostBytes: number = SERVER_LIMITS.bodyBytes,
): DocumentParts {
  const lists = listsOf(document);
  if (lists === null || bytesOf(document) <= mostBytes) return { parts: [document], refused: [] };
  const refused: ImportReport['skipped'] = [];
  const parts: Entry[][] = [[]];
  const seen = new Set<string>();
  let size = FRAME_BYTES;
  for (const entry of entriesOf(lists)) {
    const name = nameOf(entry.item);
    const why = whyRefused(entry, seen.has(`${entry.kind} ${name}`), mostBytes);
    if (name !== '') seen.add(`${entry.kind} ${name}`);
    if (why !== null) {
      refused.push({ id: name, kind: entry.kind, why: why.message, whySays: why.says });
      continue;
    }
    if (size + entry.bytes > mostBytes) {
      parts.push([]);
      size = FRAME_BYTES;
    }
    parts.at(-1)?.push(entry);
    size += entry.bytes;
  }
  return { parts: parts.map((entries) => partOf(lists.version, entries)), refused };
}

function whyRefused(entry: Entry, isRepeated: boolean, mostBytes: number): Sentence | null {
  if (isRepeated) return say('sameIdBefore');
  const most = mostBytes - FRAME_BYTES;
  if (entry.bytes <= most) return null;
  return say('itemTooLarge', { bytes: entry.bytes, most });
}

interface Lists {
  readonly version: unknown;
  readonly integrations: readonly unknown[];
  readonly jobs: readonly unknown[];
}

/** null: not such a document, which the engine says better. */
function listsOf(document: unknown): Lists | null {
  if (typeof document !== 'object' || document === null) return null;
  const { version, integrations = [], jobs = [], ...others } = document as Record<string, unknown>;
  if (!Array.isArray(integrations) || !Array.isArray(jobs)) return null;
  return Object.keys(others).length > 0 ? null : { version, integrations, jobs };
}

function entriesOf({ integrations, jobs }: Lists): Entry[] {
  const entry = (kind: Kind) => (item: unknown) => ({ kind, item, bytes: bytesOf(item) + 1 });
  const ordered = waitedForFirst(jobs, nameOf, (job) => {
    const { after } = fieldsOf(job);
    return Array.isArray(after) ? after.filter((id) => typeof id === 'string') : [];
  });
  return [...integrations.map(entry('integration')), ...ordered.map(entry('job'))];
}

function partOf(version: unknown, entries: readonly Entry[]): unknown {
  const of = (kind: Kind) => entries.filter((entry) => entry.kind === kind).map(({ item }) => item);
  return { version, [LISTS.integration]: of('integration'), [LISTS.job]: of('job') };
}

/** The id, else the name from which the id is made. */
function nameOf(item: unknown): string {
  const { id, name } = fieldsOf(item);
  return typeof id === 'string' ? id : typeof name === 'string' ? name : '';
}

function fieldsOf(item: unknown): Readonly<Record<string, unknown>> {
  return typeof item === 'object' && item !== null
    ? (item as Readonly<Record<string, unknown>>)
    : {};
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
