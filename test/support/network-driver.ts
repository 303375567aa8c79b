import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../src/main/engine/clock.ts';
import { startNetwork, type NetworkClient } from '../../src/main/engine/pool/network-client.ts';
import type {
  AttemptEnd,
  AttemptRequest,
  FromNetwork,
  PageResult,
  TemplateContext,
} from '../../src/main/engine/pool/protocol.ts';
import { eachRecord } from '../../src/main/engine/store/record-batch.ts';
import type { Integration } from '../../src/shared/integration.ts';

const built = (file: string) => pathToFileURL(join(import.meta.dirname, '../../dist/main', file));

/** What came of one attempt. */
export interface DrivenRead {
  readonly pages: readonly PageResult[];
  readonly end: AttemptEnd;
  readonly records: readonly { readonly key: string; readonly data: unknown }[];
  readonly waits: readonly Extract<FromNetwork, { type: 'waiting' }>[];
}

export const sampleTemplate: TemplateContext = {
  now: '2026-03-01T12:00:00.000Z',
  scheduledFor: '2026-03-01T12:00:00.000Z',
  lastSuccess: null,
  instance: 1,
  instances: 1,
  job: { id: 'sample-job', name: 'Sample job' },
  context: { marketplace: null, category: null, region: null },
  input: {},
};

interface Driven {
  readonly pages: PageResult[];
  readonly waits: Extract<FromNetwork, { type: 'waiting' }>[];
  readonly onPage: (page: PageResult) => void;
  readonly finish: (end: AttemptEnd) => void;
}

/** A real network thread without the rest of the engine: stores nothing and acknowledges every page at once. */
export class NetworkDriver {
  readonly client: NetworkClient;
  readonly notices: Extract<FromNetwork, { type: 'notice' }>[] = [];
  readonly #driven = new Map<number, Driven>();
  readonly #acknowledges: boolean;
  #lastId = 0;

  constructor({ acknowledges = true } = {}) {
    this.#acknowledges = acknowledges;
    this.client = startNetwork({
      threadFile: built('network-thread.js'),
      computeFile: built('compute-thread.js'),
      clock: systemClock,
      onMessage: (message) => this.#take(message),
    });
  }

  /** Reads an API once, from a plan of its own. */
  async read(
    integration: Integration,
    overrides: Partial<AttemptRequest> = {},
    onPage: (page: PageResult) => void = () => undefined,
  ): Promise<DrivenRead> {
    return this.start(integration, overrides, onPage).read;
  }

  /** As `read`, but gives the attempt's number at once, to cancel it or to acknowledge its pages. */
  start(
    integration: Integration,
    overrides: Partial<AttemptRequest> = {},
    onPage: (page: PageResult) => void = () => undefined,
  ): { readonly attemptId: number; readonly read: Promise<DrivenRead> } {
    const planId = overrides.planId ?? ++this.#lastId;
    if (overrides.planId === undefined) this.client.post({ type: 'plan', planId, integration });
    const attemptId = ++this.#lastId;
    const pages: PageResult[] = [];
    const waits: Driven['waits'] = [];
    const ended = new Promise<AttemptEnd>((finish) =>
      this.#driven.set(attemptId, { pages, waits, onPage, finish }),
    );
    this.client.post({
      type: 'start',
      request: {
        attemptId,
        planId,
        runId: `run-${attemptId}`,
        attempt: 1,
        timeoutMs: 60_000,
        template: sampleTemplate,
        splitPages: false,
        resumeFrom: undefined,
        pagesStored: 0,
        watermark: null,
        validators: [],
        condition: null,
        ...overrides,
      },
    });
    const read = ended.then((end) => ({ pages, end, waits, records: recordsOf(pages) }));
    return { attemptId, read };
  }

  async stop(): Promise<void> {
    await this.client.stop();
  }

  #take(message: FromNetwork): void {
    if (message.type === 'notice') this.notices.push(message);
    if (!('attemptId' in message)) return;
    const driven = this.#driven.get(message.attemptId);
    if (driven === undefined) return;
    if (message.type === 'waiting') driven.waits.push(message);
    if (message.type === 'page') {
      driven.pages.push(message.page);
      driven.onPage(message.page);
      if (message.end === null && this.#acknowledges)
        this.client.post({ type: 'stored', attemptId: message.attemptId });
    }
    if ((message.type === 'page' || message.type === 'end') && message.end !== null) {
      this.#driven.delete(message.attemptId);
      driven.finish(message.end);
    }
  }
}

function recordsOf(pages: readonly PageResult[]): { key: string; data: unknown }[] {
  const records: { key: string; data: unknown }[] = [];
  for (const { batch } of pages) {
    if (batch === null) continue;
    eachRecord(batch, (key, data) => {
      records.push({ key: textOf(key), data: JSON.parse(textOf(data)) });
    });
  }
  return records;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
