import { integrationInputSchema, type IntegrationInput } from '../../shared/integration.ts';
import { jobInputSchema, type JobInput } from '../../shared/job.ts';
import type { Catalog } from './jobs/catalog.ts';
import type { LiveJob } from './jobs/live-job.ts';

/** The small API inside the program: how it is started, and what is registered to collect it. */
export interface DemoKit {
  readonly start: (port: number) => Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly integration: (url: string) => IntegrationInput & { readonly id: string };
  readonly job: () => JobInput & { readonly id: string };
}

/** Keeps the demo's API alive while its integration exists, also after a restart, at the same address if it is free. */
export class Demo {
  readonly #kit: DemoKit;
  readonly #catalog: Catalog;
  readonly #runNow: (job: LiveJob) => Promise<void>;
  #api: Awaited<ReturnType<DemoKit['start']>> | null = null;

  constructor(kit: DemoKit, catalog: Catalog, runNow: (job: LiveJob) => Promise<void>) {
    this.#kit = kit;
    this.#catalog = catalog;
    this.#runNow = runNow;
  }

  /** At the start of the program: only if somebody tried the demo before. */
  async resume(): Promise<void> {
    const { id } = this.#kit.integration('http://127.0.0.1');
    if (this.#catalog.integrations.has(id)) await this.#register();
  }

  async start(): Promise<{ url: string; integrationId: string; jobId: string }> {
    const { url, integrationId } = await this.#register();
    const draft = jobInputSchema.parse(this.#kit.job());
    const jobId = this.#kit.job().id;
    const job = this.#catalog.jobs.get(jobId) ?? (await this.#catalog.createJob(draft));
    await this.#runNow(job);
    return { url, integrationId, jobId };
  }

  async stop(): Promise<void> {
    await this.#api?.close();
    this.#api = null;
  }

  async #register(): Promise<{ url: string; integrationId: string }> {
    const { id } = this.#kit.integration('http://127.0.0.1');
    const known = this.#catalog.integrations.get(id)?.definition;
    this.#api ??= await this.#listen(known ? portOf(known.request.url) : 0);
    const declared = this.#kit.integration(this.#api.url);
    const draft = integrationInputSchema.parse(declared);
    if (!known) await this.#catalog.createIntegration(draft);
    else if (known.request.url !== declared.request.url)
      await this.#catalog.updateIntegration(id, {
        ...known,
        request: { ...known.request, url: declared.request.url },
      });
    return { url: this.#api.url, integrationId: id };
  }

  async #listen(port: number): Promise<Awaited<ReturnType<DemoKit['start']>>> {
    try {
      return await this.#kit.start(port);
    } catch {
      // Somebody else has the port now; the integration is told the new one.
      return this.#kit.start(0);
    }
  }
}

function portOf(url: string): number {
  return URL.canParse(url) ? Number(new URL(url).port) : 0;
}
