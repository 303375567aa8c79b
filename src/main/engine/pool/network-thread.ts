import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { assertNever } from '../../../shared/assert-never.ts';
import { asError } from '../../../shared/errors.ts';
import { systemClock } from '../clock.ts';
import { ApiConsumer, type ApiServices } from '../consumer/api-consumer.ts';
import { TokenSource } from '../consumer/auth/tokens.ts';
import { checkCondition, checkIntegration } from '../consumer/check-integration.ts';
import { FieldMemory } from '../consumer/field-memory.ts';
import { Deadlines } from '../consumer/http/deadlines.ts';
import { HttpClient } from '../consumer/http/http-client.ts';
import { Sockets } from '../consumer/http/sockets.ts';
import { Lifetime, type LifetimeOptions } from '../consumer/lifetime.ts';
import { NetworkWatch } from '../consumer/network-watch.ts';
import { OriginGate, type Notify } from '../consumer/origin-gate.ts';
import { Vault } from '../consumer/secrets/vault.ts';
import { testIntegration } from '../consumer/test-integration.ts';
import { checkRules } from '../validator/check-rules.ts';
import { extractFromBody } from '../validator/extract-from-body.ts';
import { createPageProcessor } from '../validator/page-processor.ts';
import { preparePlan } from '../validator/page.ts';
import { compareMarks } from '../validator/watermark.ts';
import { AttemptHost } from './attempt-host.ts';
import { ComputePool } from './compute-pool.ts';
import { Outbox } from './outbox.ts';
import { HEARTBEAT_MS, type CheckProblem, type FromNetwork, type ToNetwork } from './protocol.ts';
import { answerQuestion } from './questions.ts';

/**
 * Entry of the network thread. Sockets, the doors of origins, circuits and tokens live here, in one place for the whole
 * process. This page puts the parts together and deals out the messages.
 */
export interface NetworkThreadData {
  /** The built `compute-thread.js`. */
  readonly computeFile: string;
}

const clock = systemClock;

function startThread(port: MessagePort, { computeFile }: NetworkThreadData): void {
  const outbox = new Outbox<FromNetwork>((messages, transfer) =>
    port.postMessage(messages, transfer),
  );
  const deadlines = new Deadlines(clock);
  const newLife = (options: Partial<LifetimeOptions>) =>
    new Lifetime({
      timeoutMs: Infinity,
      onWaiting: NOBODY,
      onGoing: NOBODY,
      ...options,
      clock,
      deadlines,
    });

  const vault = new Vault();
  const notify: Notify = (level, message, fields) =>
    outbox.send({ type: 'notice', level, message, fields });
  const gate = new OriginGate(clock, notify);
  const sockets = new Sockets(process.env);
  const http = new HttpClient({ clock, deadlines, sockets, gate });
  const tokens = new TokenSource({
    clock,
    http,
    vault,
    extractValues: extractFromBody,
    newLife: () => newLife({}),
  });
  const compute = new ComputePool({ file: new URL(computeFile), clock });
  const networkWatch = new NetworkWatch(clock, (online) => outbox.send({ type: 'online', online }));
  const services: ApiServices = {
    clock,
    http,
    networkWatch,
    gate,
    vault,
    tokens,
    compareMarks,
    notify,
    fieldMemory: new FieldMemory(),
    random: Math.random,
    processPage: createPageProcessor(compute, clock),
    prepareRules: preparePlan,
  };
  const consumer = new ApiConsumer(services);
  const host = new AttemptHost({
    consumer,
    clock,
    newLife,
    send: (message, bytes = null) => outbox.send(message, bytes),
  });

  const check = ({
    integration,
    condition,
  }: Extract<ToNetwork, { type: 'check' }>): CheckProblem[] => [
    ...(integration === null ? [] : checkIntegration(integration, vault)),
    ...(integration === null
      ? []
      : checkRules(integration).map((problem) => ({ ...problem, code: 'validation' as const }))),
    ...(condition === null ? [] : checkCondition(condition)),
  ];

  const receive = (message: ToNetwork): void => {
    switch (message.type) {
      case 'plan':
        consumer.plan(message.planId, message.integration);
        break;
      case 'forget':
        consumer.forget(message.planId);
        break;
      case 'secrets':
        vault.replace(message.secrets);
        break;
      case 'own-ports':
        sockets.setOwnPorts(message.ports);
        break;
      case 'start':
        void host.run(message.request);
        break;
      case 'stored':
        host.stored(message.attemptId);
        break;
      case 'cancel':
        host.stop(message.attemptId, message.why);
        break;
      case 'test':
        void testIntegration(message.request, {
          ...services,
          notify: NOBODY,
          fieldMemory: new FieldMemory(),
          compute,
          newLife,
        }).then((result) =>
          outbox.send({ type: 'tested', testId: message.request.testId, result }),
        );
        break;
      case 'check':
        outbox.send({ type: 'checked', checkId: message.checkId, problems: check(message) });
        break;
      case 'ask':
        void answerQuestion(message.question, compute, preparePlan).then((answer) => {
          const batch = answer.kind === 'replayed' ? answer.result.page.batch : null;
          outbox.send({ type: 'answer', askId: message.askId, answer }, batch);
        });
        break;
      case 'look':
        networkWatch.look();
        break;
      case 'stop':
        void stop();
        break;
      default:
        return assertNever(message);
    }
  };

  const beat = (): void => {
    const { running, waiting, heardAt } = compute;
    outbox.send({
      type: 'heartbeat',
      attemptIds: host.attemptIds,
      compute: { running, waiting, heardAt },
    });
    heartbeat = clock.setTimer(HEARTBEAT_MS, beat);
  };
  let heartbeat = clock.setTimer(HEARTBEAT_MS, beat);

  const stop = async (): Promise<void> => {
    host.stopAll('stopping');
    heartbeat.cancel();
    gate.stop();
    networkWatch.stop();
    deadlines.stop();
    await Promise.allSettled([sockets.close(), compute.close()]);
    outbox.flush();
    port.close();
  };

  port.on('message', (messages: readonly ToNetwork[]) => messages.forEach(receive));
}

const NOBODY = (): void => undefined;

if (parentPort === null) throw asError('The network thread is started by the main thread only.');
startThread(parentPort, workerData as NetworkThreadData);
