import {
  CONFIG_VERSION,
  type ConfigDocument,
  type ConfigImport,
} from '../../../shared/config-document.ts';
import { atPlace, invalid, type Problem } from '../../../shared/errors.ts';
import { inputProblems } from '../../../shared/input-problems.ts';
import {
  integrationInputSchema,
  type Integration,
  type IntegrationDraft,
} from '../../../shared/integration.ts';
import { jobInputSchema, type JobDefinition, type JobDraft } from '../../../shared/job.ts';
import { waitedForFirst } from '../../../shared/job-order.ts';
import { joined, part, say, type Told } from '../../../shared/sentences.ts';

/** Configuration as a document: written from what is declared, and taken apart item by item. Pure. */

/** By id, without what the program keeps for itself, so that two exports of the same configuration are the same. */
export function toDocument(
  integrations: Iterable<Integration>,
  jobs: Iterable<JobDefinition>,
): ConfigDocument {
  return {
    version: CONFIG_VERSION,
    integrations: sortedById(integrations).map(withoutDates),
    jobs: sortedById(jobs).map(withoutDates),
  };
}

/** One item of a document: what it declares, or why it cannot be taken. */
export type Item<D> =
  | { readonly kind: 'draft'; readonly id: string; readonly draft: D }
  | { readonly kind: 'refused'; readonly id: string; readonly why: Told };

export interface DocumentItems {
  readonly integrations: readonly Item<IntegrationDraft>[];
  /** Those that others wait for come first. */
  readonly jobs: readonly Item<JobDraft>[];
}

/**
 * @param idOf the id of an item that gives none, by its name: always the same one, so that a second import finds it
 * @throws PontualError('validation') for a document of a newer program, or one that is not such a document
 */
export function readItems(document: ConfigImport, idOf: (name: string) => string): DocumentItems {
  const { version, integrations = [], jobs = [], ...others } = document;
  if (version > CONFIG_VERSION)
    throw invalid([
      { path: 'version', ...say('documentNewer', { version, known: CONFIG_VERSION }) },
    ]);
  const problems: Problem[] = Object.keys(others).map((path) => ({
    path,
    ...say('noSuchPart'),
  }));
  for (const [path, list] of [['integrations', integrations] as const, ['jobs', jobs] as const])
    if (!Array.isArray(list)) problems.push({ path, ...say('listNeeded') });
  if (problems.length > 0) throw invalid(problems);
  return {
    // Checked above, which the compiler cannot see.
    integrations: items(integrations as readonly unknown[], integrationInputSchema, idOf),
    jobs: waitedForFirst(
      items(jobs as readonly unknown[], jobInputSchema, idOf),
      ({ id }) => id,
      (item) => (item.kind === 'draft' ? item.draft.after : []),
    ),
  };
}

interface Declared {
  readonly id?: string | undefined;
  readonly name: string;
}
interface ItemSchema<D> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: D }
    | { readonly success: false; readonly error: Parameters<typeof inputProblems>[0] };
}

function items<D extends Declared>(
  list: readonly unknown[],
  schema: ItemSchema<D>,
  idOf: (name: string) => string,
): Item<D>[] {
  const seen = new Set<string>();
  return list.map((value, index) => {
    const read = schema.safeParse(value);
    if (!read.success) {
      const why = inOne(inputProblems(read.error).map(atPlace));
      return { kind: 'refused', id: claimedId(value) ?? `#${index + 1}`, why };
    }
    const id = read.data.id ?? idOf(read.data.name);
    if (seen.has(id)) return { kind: 'refused', id, why: say('sameIdBefore') };
    seen.add(id);
    return { kind: 'draft', id, draft: { ...read.data, id } };
  });
}

function inOne(told: readonly Told[]): Told {
  const message = told.map((one) => one.message).join(' ');
  const all = joined(told.map(part), 'space');
  return typeof all === 'string' ? { message } : { message, says: all };
}

function claimedId(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, name } = value as { readonly id?: unknown; readonly name?: unknown };
  const claimed = typeof id === 'string' ? id : typeof name === 'string' ? name : null;
  return claimed === null || claimed === '' ? null : claimed.slice(0, 200);
}

/** The id first, wherever it came from, then the fields as the contract orders them. */
function withoutDates<T extends { id: string; createdAt: string; updatedAt: string }>(item: T) {
  const { id, createdAt: _created, updatedAt: _updated, ...own } = item;
  return { id, ...own };
}

function sortedById<T extends { readonly id: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
