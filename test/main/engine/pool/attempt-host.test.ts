import { describe, expect, it } from 'vitest';
import type { Consumer, SourceReader } from '../../../../src/main/engine/consumer/consumer.ts';
import { Deadlines } from '../../../../src/main/engine/consumer/http/deadlines.ts';
import { Lifetime } from '../../../../src/main/engine/consumer/lifetime.ts';
import { AttemptHost } from '../../../../src/main/engine/pool/attempt-host.ts';
import type {
  AttemptEnd,
  AttemptRequest,
  FromNetwork,
  PageResult,
} from '../../../../src/main/engine/pool/protocol.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleTemplate } from '../../../support/network-driver.ts';

const COMPLETE: AttemptEnd = { kind: 'complete', watermark: null, result: null, noData: false };

function pageOf(number: number): PageResult {
  return {
    page: number,
    url: `memory:${number}`,
    status: null,
    startMs: 0,
    stepMs: {},
    notModified: false,
    counts: {
      requests: 0,
      notModified: 0,
      bytes: 0,
      received: 0,
      valid: 0,
      invalid: 0,
      warnings: 0,
      duplicates: 0,
    },
    errorsByField: {},
    batch: null,
    quarantine: [],
    position: number,
    validator: null,
    totalPages: null,
  };
}

/** Another kind of source than HTTP: so many pages out of nowhere, each after `beforePage`. */
class Counting implements Consumer {
  readonly #pages: number;
  readonly #beforePage: (life: Lifetime) => Promise<void>;

  constructor(
    pages: number,
    beforePage: (life: Lifetime) => Promise<void> = async () => undefined,
  ) {
    this.#pages = pages;
    this.#beforePage = beforePage;
  }

  plan(): void {
    // Nothing to compile.
  }

  forget(): void {
    // Nothing was kept.
  }

  open(_request: AttemptRequest, life: Lifetime): SourceReader {
    let number = 0;
    return {
      next: async () => {
        await this.#beforePage(life);
        const page = pageOf(++number);
        return { page, end: number === this.#pages ? COMPLETE : null, cpuMs: 0 };
      },
    };
  }
}

function setUp(consumer: Consumer) {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  const sent: string[] = [];
  const ends: AttemptEnd[] = [];
  const host = new AttemptHost({
    consumer,
    clock,
    newLife: (options) => new Lifetime({ ...options, clock, deadlines }),
    send: (message: FromNetwork) => {
      sent.push(message.type === 'page' ? `page ${message.page.page}` : message.type);
      if ((message.type === 'page' || message.type === 'end') && message.end)
        ends.push(message.end);
    },
  });
  const run = (timeoutMs = 60_000) =>
    host.run({
      attemptId: 1,
      planId: 1,
      runId: 'run',
      attempt: 1,
      timeoutMs,
      template: sampleTemplate,
      splitPages: false,
      resumeFrom: undefined,
      pagesStored: 0,
      watermark: null,
      validators: [],
      condition: null,
    });
  return { clock, host, sent, ends, run };
}

describe('hosting an attempt of any kind of source', () => {
  it('sends each page, the last one with the end', async () => {
    const { host, sent, ends, run } = setUp(new Counting(3));
    await run();
    expect(sent).toEqual(['page 1', 'page 2', 'page 3']);
    expect(ends).toEqual([COMPLETE]);
    expect(host.attemptIds).toEqual([]);
  });

  it('stays four pages ahead of what is stored', async () => {
    const { clock, host, sent, run } = setUp(new Counting(6));
    const done = run();
    await clock.advanceAsync(0);
    expect(sent).toHaveLength(4);
    host.stored(1);
    await clock.advanceAsync(0);
    expect(sent).toHaveLength(5);
    host.stored(1);
    await done;
    expect(sent).toHaveLength(6);
  });

  it('ends an attempt that waits for the store when it is cancelled', async () => {
    const { clock, host, ends, run } = setUp(new Counting(6));
    const done = run();
    await clock.advanceAsync(0);
    host.stop(1, 'cancelled');
    await done;
    expect(ends).toEqual([{ kind: 'cancelled' }]);
  });

  it('takes what a source throws for a fault of the program', async () => {
    const consumer = new Counting(1, () => Promise.reject(new Error('broken')));
    const { ends, run } = setUp(consumer);
    await run();
    expect(ends).toMatchObject([
      { kind: 'failed', error: { kind: 'internal', message: expect.stringContaining('broken') } },
    ]);
  });

  it('tells waits of more than a second, and does not count them against the deadline', async () => {
    const consumer = new Counting(1, (life) => life.sleep('backoff', 10_000));
    const { clock, sent, ends, run } = setUp(consumer);
    const done = run(5000);
    await clock.advanceAsync(10_000);
    await done;
    expect(sent).toEqual(['waiting', 'going', 'page 1']);
    expect(ends).toEqual([COMPLETE]);
  });

  it('does not tell shorter ones, and counts them', async () => {
    const consumer = new Counting(10, (life) => life.sleep('backoff', 900));
    const { clock, host, sent, ends, run } = setUp(consumer);
    const done = run(3000);
    for (let page = 0; page < 3; page++) {
      await clock.advanceAsync(900);
      host.stored(1);
    }
    await clock.advanceAsync(900);
    await done;
    expect(sent).toEqual(['page 1', 'page 2', 'page 3', 'end']);
    expect(ends).toMatchObject([{ kind: 'timed-out' }]);
  });
});
