import { systemClock } from '../../src/main/engine/clock.ts';
import { newJobRuntime } from '../../src/main/engine/jobs/live-job.ts';
import type { Op } from '../../src/main/engine/store/ops.ts';
import { openStore } from '../../src/main/engine/store/store-client.ts';
import type { IntegrationInput } from '../../src/shared/integration.ts';
import { jobInputSchema, type JobInput } from '../../src/shared/job.ts';
import { sampleIntegration } from './sample-integration.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { threadFiles } from './test-engine.ts';

const AT_ONCE = 500;

/** A home in which an integration and its jobs, however many, are declared as if a person had done so just now. */
export async function homeWithJobs(
  integration: Partial<IntegrationInput> & { readonly id: string },
  jobs: readonly (Omit<JobInput, 'integrationId'> & { readonly id: string })[],
): Promise<string> {
  const home = await temporaryFolder();
  const store = await openStore({ home, threadFile: threadFiles.store, clock: systemClock });
  const now = systemClock.now();
  const at = new Date(now).toISOString();
  const ops = jobs.map((input): Op => {
    const draft = jobInputSchema.parse({ ...input, integrationId: integration.id });
    const job = { ...draft, id: input.id, createdAt: at, updatedAt: at };
    return { kind: 'job.put', job, runtime: newJobRuntime(job.schedule, now) };
  });
  await store.commit([{ kind: 'integration.put', integration: sampleIntegration(integration) }]);
  for (let from = 0; from < ops.length; from += AT_ONCE)
    await store.commit(ops.slice(from, from + AT_ONCE));
  await store.checkpoint();
  await store.close(5000);
  return home;
}
