import { isDeepStrictEqual } from 'node:util';
import type { ImportReport } from '../../../shared/config-document.ts';
import type { ContractHandlers } from '../../../shared/contract.ts';
import { PontualError } from '../../../shared/errors.ts';
import {
  declaredIn,
  jobInputSchema,
  type JobDefinition,
  type JobDraft,
} from '../../../shared/job.ts';
import type { Told } from '../../../shared/sentences.ts';
import type { Catalog } from '../jobs/catalog.ts';
import { readItems, toDocument, type DocumentItems, type Item } from './config-document.ts';

type Names = 'config.export' | 'config.import';

export interface ConfigCommandDeps {
  readonly catalog: Catalog;
  /** The id that a new thing of this name gets while nobody has it. */
  readonly slug: (name: string) => string;
}

export function configCommands({
  catalog,
  slug,
}: ConfigCommandDeps): Pick<ContractHandlers, Names> {
  return {
    'config.export': async () =>
      toDocument(
        [...catalog.integrations.values()].map(({ definition }) => definition),
        [...catalog.jobs.values()].map(({ definition }) => definition),
      ),
    'config.import': async (document) => importItems(catalog, readItems(document, slug)),
  };
}

type Taken = 'imported' | 'changed' | 'unchanged';

/** One by one: an item that cannot be taken is named with the reason, and the others are taken all the same. */
async function importItems(catalog: Catalog, items: DocumentItems): Promise<ImportReport> {
  const report: ImportReport = {
    imported: [],
    changed: [],
    unchanged: [],
    skipped: [],
    counts: { integrations: items.integrations.length, jobs: items.jobs.length },
  };
  const takeAll = async <D>(
    kind: 'integration' | 'job',
    list: readonly Item<D>[],
    take: (id: string, draft: D) => Promise<Taken>,
  ) => {
    for (const item of list)
      if (item.kind === 'refused') report.skipped.push({ id: item.id, kind, ...whyOf(item.why) });
      else
        try {
          report[await take(item.id, item.draft)].push(item.id);
        } catch (error) {
          report.skipped.push({ id: item.id, kind, ...whyOf(reason(error)) });
        }
  };
  await takeAll('integration', items.integrations, async (id, draft) => {
    const known = catalog.integrations.get(id)?.definition;
    if (!known) return catalog.createIntegration(draft).then(() => 'imported');
    const filled = { ...catalog.fillIntegration(draft, known), updatedAt: known.updatedAt };
    if (isDeepStrictEqual(filled, known)) return 'unchanged';
    return catalog.updateIntegration(id, draft).then(() => 'changed');
  });
  await takeAll('job', items.jobs, async (id, draft) => {
    const known = catalog.jobs.get(id)?.definition;
    if (!known) return catalog.createJob(draft).then(() => 'imported');
    if (isSameJob(known, draft)) return 'unchanged';
    return catalog.updateJob(id, draft).then(() => 'changed');
  });
  return report;
}

/** Whether a job is declared as the draft says; what the program adds to a job does not count. */
function isSameJob(known: JobDefinition, draft: JobDraft): boolean {
  // What was declared under an older program gets the defaults of this one, as the draft did.
  const declared = jobInputSchema.safeParse(known);
  return declared.success && isDeepStrictEqual(declaredIn(declared.data), declaredIn(draft));
}

/** A refusal is part of the report; a store that cannot write ends the import. */
function reason(error: unknown): Told {
  if (error instanceof PontualError && error.code !== 'degraded' && error.code !== 'internal')
    return error;
  throw error;
}

function whyOf({ message, says }: Told): Pick<Skipped, 'why' | 'whySays'> {
  return { why: message, ...(says && { whySays: says }) };
}
type Skipped = ImportReport['skipped'][number];
