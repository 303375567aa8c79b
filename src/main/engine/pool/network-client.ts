import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Integration } from '../../../shared/integration.ts';
import type { RunError } from '../../../shared/run.ts';
import { NO_COUNTS } from '../../../shared/run.ts';
import { type Said, say, type Sentence } from '../../../shared/sentences.ts';
import type { TestResult } from '../../../shared/test-result.ts';
import type { Clock, Timer } from '../clock.ts';
import { TransitSet } from '../transit.ts';
import type { NetworkThreadData } from './network-thread.ts';
import { Outbox } from './outbox.ts';
import {
  HEARTBEAT_MS,
  type CheckProblem,
  type ComputeVitals,
  type FromNetwork,
  type TestRequest,
  type ToNetwork,
} from './protocol.ts';
import { notAnswered, type Answer, type Question } from './questions.ts';

/**
 * The main thread's end of the network thread. A thread that dies or no longer answers is replaced; the new one is told
 * all that the old one knew, and what the old one was working on is reported as failed.
 *
 *     running --dies, or is silent for too long--> (attempts failed) --> running
 *     running --stop--> stopping --exits, or is ended--> stopped
 */
export interface NetworkClient {
  /** Leaves with everything else of this turn of the loop. */
  post(message: ToNetwork): void;
  test(request: Omit<TestRequest, 'testId'>): Promise<TestResult>;
  /** Problems of an integration and of a job's `when`; both are optional. */
  check(integration: Integration | null, condition: string | null): Promise<CheckProblem[]>;
  /** Has something worked out in the compute pool. Never rejects: what went wrong is the answer. */
  ask(question: Question): Promise<Answer>;
  readonly vitals: NetworkVitals;
  /** Ends the thread; attempts under way are given up. Twice is harmless. */
  stop(): Promise<void>;
}

/** How the thread does. */
export interface NetworkVitals {
  readonly state: 'up' | 'silent' | 'down';
  /** Epoch ms of the last word; null before the first. */
  readonly heardAt: number | null;
  /** Times that it was replaced. */
  readonly restarts: number;
  readonly compute: ComputeVitals;
}

export interface NetworkOptions {
  /** The built `network-thread.js`. */
  readonly threadFile: URL;
  /** The built `compute-thread.js`. */
  readonly computeFile: URL;
  readonly clock: Clock;
  readonly onMessage: (message: FromNetwork) => void;
}

/** Three heartbeats missed: the thread is caught in something endless. */
const SILENCE_MS = 3 * HEARTBEAT_MS;
/** How often silence is listened for; it has to be heard twice, for the word may be behind what held up this thread. */
const LISTEN_MS = 2000;
/** More than a heartbeat late. */
const LATE_MS = 1.5 * HEARTBEAT_MS;
const STOP_MS = 2000;
/** Most of what a request allocates is gone with it; with a little more room it is collected in half the time. */
const YOUNG_GENERATION_MB = 32;
/** A thread that dies at once is not started again in a tight loop. */
const RESTART_DELAY_MS = 500;

export function startNetwork(options: NetworkOptions): NetworkClient {
  const client = new ThreadedNetwork(options);
  client.start();
  return client;
}

class ThreadedNetwork implements NetworkClient {
  readonly #options: NetworkOptions;
  readonly #outbox: Outbox<ToNetwork>;
  /** What a new thread has to be told. */
  readonly #plans = new Map<number, ToNetwork>();
  readonly #settings = new Map<'secrets' | 'own-ports', ToNetwork>();
  /** What a dead thread leaves behind. */
  readonly #attempts = new TransitSet<number>();
  readonly #tests = new Map<number, (result: TestResult) => void>();
  readonly #asked = new Map<number, (answer: Answer) => void>();
  readonly #checks = new Map<
    number,
    { message: ToNetwork; resolve: (problems: CheckProblem[]) => void }
  >();
  /** Said while there was no thread to hear it. */
  #held: ToNetwork[] = [];
  #lastId = 0;
  #worker: Worker | null = null;
  #watch: Timer | null = null;
  #heardAt = 0;
  #heardAtWall: number | null = null;
  #hasBeenSilent = false;
  #restarts = 0;
  #compute: NetworkVitals['compute'] = IDLE;
  #startedAt = 0;
  #stopping: Promise<void> | null = null;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#outbox = new Outbox((messages, transfer) => {
      if (this.#worker === null) this.#held.push(...messages);
      else this.#worker.postMessage(messages, transfer);
    });
  }

  start(): void {
    // What was said so far may depend on what a new thread is told first.
    this.#outbox.flush();
    const { threadFile, computeFile, clock } = this.#options;
    const workerData: NetworkThreadData = { computeFile: computeFile.href };
    const worker = new Worker(fileURLToPath(threadFile), {
      workerData,
      name: 'network',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker = worker;
    this.#startedAt = clock.monotonic();
    this.#heardAt = this.#startedAt;
    let thrown: string | null = null;
    worker.on('message', (messages: readonly FromNetwork[]) => this.#receive(worker, messages));
    worker.on('error', (error) => (thrown = error.message));
    worker.on('exit', (code) => this.#onExit(worker, endSentence(thrown, code)));
    for (const message of [...this.#settings.values(), ...this.#plans.values()])
      this.#outbox.send(message);
    const held = this.#held.filter(({ type }) => type !== 'check');
    this.#held = [];
    for (const { message } of this.#checks.values()) this.#outbox.send(message);
    for (const message of held) this.#outbox.send(message);
    this.#watch?.cancel();
    this.#watch = clock.setTimer(LISTEN_MS, () => this.#listenForSilence());
  }

  get vitals(): NetworkVitals {
    const silentMs = this.#options.clock.monotonic() - this.#heardAt;
    const state = this.#worker === null ? 'down' : silentMs > LATE_MS ? 'silent' : 'up';
    return {
      state,
      heardAt: this.#heardAtWall,
      restarts: this.#restarts,
      compute: this.#compute,
    };
  }

  post(message: ToNetwork): void {
    if (this.#stopping !== null) return;
    this.#remember(message);
    this.#outbox.send(message);
  }

  test(request: Omit<TestRequest, 'testId'>): Promise<TestResult> {
    const testId = ++this.#lastId;
    return new Promise((resolve) => {
      if (this.#stopping !== null) {
        resolve(testLost(say('programStopping').says));
        return;
      }
      this.#tests.set(testId, resolve);
      this.#outbox.send({ type: 'test', request: { ...request, testId } });
    });
  }

  check(integration: Integration | null, condition: string | null): Promise<CheckProblem[]> {
    const checkId = ++this.#lastId;
    const message: ToNetwork = { type: 'check', checkId, integration, condition };
    return new Promise((resolve) => {
      this.#checks.set(checkId, { message, resolve });
      this.#outbox.send(message);
    });
  }

  ask(question: Question): Promise<Answer> {
    const askId = ++this.#lastId;
    return new Promise((resolve) => {
      if (this.#stopping !== null) {
        resolve(notAnswered(say('programStopping').says));
        return;
      }
      this.#asked.set(askId, resolve);
      this.#outbox.send({ type: 'ask', askId, question });
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#watch?.cancel();
    const worker = this.#worker;
    if (worker === null) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#outbox.send({ type: 'stop' });
    this.#outbox.flush();
    const timer = this.#options.clock.setTimer(STOP_MS, () => void worker.terminate());
    await exited;
    timer.cancel();
  }

  #remember(message: ToNetwork): void {
    switch (message.type) {
      case 'plan':
        this.#plans.set(message.planId, message);
        break;
      case 'forget':
        this.#plans.delete(message.planId);
        break;
      case 'secrets':
      case 'own-ports':
        this.#settings.set(message.type, message);
        break;
      case 'start':
        this.#attempts.add(message.request.attemptId);
        break;
      default:
        break;
    }
  }

  #receive(worker: Worker, messages: readonly FromNetwork[]): void {
    // What a replaced thread still had to say is about attempts that were reported as failed.
    if (worker !== this.#worker) return;
    this.#heardAt = this.#options.clock.monotonic();
    this.#heardAtWall = this.#options.clock.now();
    this.#hasBeenSilent = false;
    for (const message of messages) this.#take(message);
  }

  #take(message: FromNetwork): void {
    switch (message.type) {
      case 'tested': {
        const resolve = this.#tests.get(message.testId);
        this.#tests.delete(message.testId);
        resolve?.(message.result);
        break;
      }
      case 'answer': {
        const resolve = this.#asked.get(message.askId);
        this.#asked.delete(message.askId);
        resolve?.(message.answer);
        break;
      }
      case 'checked': {
        const check = this.#checks.get(message.checkId);
        this.#checks.delete(message.checkId);
        check?.resolve([...message.problems]);
        break;
      }
      case 'heartbeat':
        this.#compute = message.compute;
        this.#options.onMessage(message);
        break;
      case 'end':
        this.#attempts.delete(message.attemptId);
        this.#options.onMessage(message);
        break;
      case 'page':
        if (message.end !== null) this.#attempts.delete(message.attemptId);
        this.#options.onMessage(message);
        break;
      default:
        this.#options.onMessage(message);
    }
  }

  #listenForSilence(): void {
    const silentMs = this.#options.clock.monotonic() - this.#heardAt;
    const isSilent = silentMs > SILENCE_MS;
    if (isSilent && this.#hasBeenSilent) {
      void this.#worker?.terminate();
      return;
    }
    this.#hasBeenSilent = isSilent;
    this.#watch = this.#options.clock.setTimer(LISTEN_MS, () => this.#listenForSilence());
  }

  #onExit(worker: Worker, { message: reason, says }: Sentence): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    this.#restarts += 1;
    this.#compute = IDLE;
    this.#hasBeenSilent = false;
    this.#outbox.clear();
    const { clock, onMessage } = this.#options;
    const attemptIds = [...this.#attempts.values()];
    const tests = [...this.#tests.values()];
    this.#attempts.clear();
    this.#tests.clear();
    for (const resolve of tests) resolve(testLost(says));
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const resolve of asked) resolve(notAnswered(says));
    if (this.#stopping !== null) return;
    const livedMs = clock.monotonic() - this.#startedAt;
    if (livedMs < RESTART_DELAY_MS) clock.setTimer(RESTART_DELAY_MS, () => this.#restart());
    else this.start();
    const fields = { attempts: attemptIds.length, reason };
    onMessage({
      type: 'notice',
      level: 'error',
      message: 'The network thread was replaced.',
      fields,
    });
    const end = { kind: 'failed', error: died(says), page: null } as const;
    for (const attemptId of attemptIds) onMessage({ type: 'end', attemptId, end, cpuMs: 0 });
  }

  #restart(): void {
    if (this.#stopping === null) this.start();
  }
}

const IDLE: ComputeVitals = { running: 0, waiting: 0, heardAt: null };

function endSentence(thrown: string | null, code: number): Sentence {
  return thrown === null ? say('threadLeft', { code }) : say('threadThrew', { why: thrown, code });
}

function died(why: Said): RunError {
  return { code: 'thread-died', kind: 'internal', ...say('threadDied', { why }) };
}

function testLost(why: Said): TestResult {
  return {
    pages: [],
    records: [],
    invalid: [],
    counts: NO_COUNTS,
    nextPage: null,
    hints: [],
    suggestions: { path: null, pagination: null, key: [], schema: null },
    error: died(why),
  };
}
