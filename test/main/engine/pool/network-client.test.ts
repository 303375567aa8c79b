import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import {
  startNetwork,
  type NetworkClient,
} from '../../../../src/main/engine/pool/network-client.ts';
import type { AttemptRequest, FromNetwork } from '../../../../src/main/engine/pool/protocol.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleTemplate } from '../../../support/network-driver.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';

const threadFile = pathToFileURL(
  join(import.meta.dirname, '../../../support/threads/mortal-network-thread.mjs'),
);
const integration = sampleIntegration();

function setUp() {
  const clock = new ManualClock();
  const messages: FromNetwork[] = [];
  const client = startNetwork({
    threadFile,
    computeFile: threadFile,
    clock,
    onMessage: (message) => messages.push(message),
  });
  onTestFinished(() => client.stop());
  const ends = () =>
    messages.flatMap((message) =>
      message.type === 'end' ? [[message.attemptId, message.end]] : [],
    );
  return { clock, client, messages, ends };
}

function start(client: NetworkClient, attemptId: number, how: string): void {
  const request: AttemptRequest = {
    attemptId,
    planId: 1,
    runId: how,
    attempt: 1,
    timeoutMs: 1000,
    template: sampleTemplate,
    splitPages: false,
    resumeFrom: undefined,
    pagesStored: 0,
    watermark: null,
    validators: [],
    condition: null,
  };
  client.post({ type: 'start', request });
}

const died = (message: string) => ({
  kind: 'failed',
  error: {
    code: 'thread-died',
    kind: 'internal',
    message: expect.stringContaining(message),
    says: expect.objectContaining({ key: 'threadDied' }),
  },
  page: null,
});

it.each([
  ['exits', 'exit code 5'],
  ['throws', 'thrown on purpose'],
])(
  'reports every attempt as failed when its thread %s, and goes on with a new one',
  async (how, why) => {
    const { clock, client, messages, ends } = setUp();
    client.post({ type: 'plan', planId: 1, integration });
    client.post({ type: 'plan', planId: 2, integration });
    client.post({ type: 'forget', planId: 2 });
    client.post({ type: 'secrets', secrets: [] });
    client.post({ type: 'own-ports', ports: [8085] });
    start(client, 1, 'works');
    start(client, 2, how);
    await expect.poll(ends).toEqual([
      [1, died(why)],
      [2, died(why)],
    ]);
    // Asked for while there is no thread: the new one does it.
    start(client, 3, 'tells');
    clock.advance(500);
    await expect.poll(() => ends().length).toBe(3);
    expect(ends()[2]).toEqual([3, expect.objectContaining({ kind: 'complete' })]);
    expect(messages.flatMap((one) => (one.type === 'notice' ? [one.message] : []))).toEqual([
      'The network thread was replaced.',
      'secrets own-ports plan start',
    ]);
  },
);

it('ends a thread that is caught in something endless', async () => {
  const { clock, client, ends } = setUp();
  await client.check(null, null);
  start(client, 1, 'loops');
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(50_000);
  await expect.poll(ends).toEqual([[1, died('')]]);
});

it('answers a test that its thread did not live to answer', async () => {
  const { client } = setUp();
  const tested = client.test({ integration, maxPages: 1, template: sampleTemplate });
  start(client, 1, 'exits');
  expect((await tested).error).toMatchObject({ code: 'thread-died' });
});

it('asks the new thread again what the old one did not live to check', async () => {
  const { clock, client } = setUp();
  start(client, 1, 'exits');
  const checked = client.check(integration, null);
  await expect.poll(() => clock.pendingTimers).toBeGreaterThan(0);
  clock.advance(500);
  expect(await checked).toEqual([]);
});

it('stops once, however often it is told, and takes nothing more', async () => {
  const { client, ends } = setUp();
  await client.check(null, null);
  await Promise.all([client.stop(), client.stop()]);
  await client.stop();
  start(client, 1, 'tells');
  expect(
    (await client.test({ integration, maxPages: 1, template: sampleTemplate })).error,
  ).not.toBeNull();
  expect(ends()).toEqual([]);
});
