import { asError } from '../../../shared/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import { FrameBuffer } from './journal/frame-buffer.ts';
import type { JournalWriter } from './journal/writer.ts';
import type { Applied, Memory } from './memory.ts';
import type { Settlement, Submission } from './thread-protocol.ts';

const GROUP_TRANSACTIONS = 512;
const GROUP_BYTES = 256 * 1024;
/** Long enough that a busy writer is not interrupted, short enough that damage found later is known as such. */
const SEAL_AFTER_MS = 20;

export interface PipelineEvents {
  settled(settlements: readonly Settlement[]): void;
  /** A group is on disk. */
  durable(): void;
  /** The journal failed. Nothing that was not acknowledged may be believed to be stored or not stored. */
  failed(error: Error): void;
  /** The module or the program failed while a group was applied. */
  broken(error: unknown): void;
}

/**
 * The way of a transaction: queued -> applied in memory -> written -> synced -> acknowledged.
 *
 * A group is what arrived while the group before it was being synced; while one group is synced the next one is
 * applied already, and waits. `pause` lets both come to an end and holds the rest in the queue.
 */
export class CommitPipeline {
  readonly #memory: () => Memory;
  readonly #client: number;
  readonly #clock: Clock;
  readonly #events: PipelineEvents;
  #writer: JournalWriter | null = null;
  readonly #queue: Submission[] = [];
  #queueStart = 0;
  #applied: Group | null = null;
  #inFlight: Group | null = null;
  #buffers: [FrameBuffer, FrameBuffer] = [new FrameBuffer(), new FrameBuffer()];
  #durableLsn: number;
  #isPaused = true;
  #isTurnPlanned = false;
  #onQuiet: (() => void)[] = [];
  #sealTimer: Timer | null = null;
  #isSealed = true;

  constructor(
    memory: () => Memory,
    client: number,
    clock: Clock,
    durableLsn: number,
    events: PipelineEvents,
  ) {
    this.#memory = memory;
    this.#client = client;
    this.#clock = clock;
    this.#durableLsn = durableLsn;
    this.#events = events;
  }

  get writer(): JournalWriter | null {
    return this.#writer;
  }

  /** The last transaction that is on disk. */
  get durableLsn(): number {
    return this.#durableLsn;
  }

  submit(submissions: readonly Submission[]): void {
    for (const submission of submissions) this.#queue.push(submission);
    this.#turn();
  }

  /** Goes on, with this journal. */
  resume(writer: JournalWriter): void {
    this.#writer = writer;
    this.#isPaused = false;
    this.#turn();
  }

  /** Resolves when everything that was applied is on disk, or has failed; what comes later waits. */
  pause(): Promise<void> {
    this.#isPaused = true;
    return this.#isQuiet
      ? Promise.resolve()
      : new Promise((resolve) => this.#onQuiet.push(resolve));
  }

  /** Resolves when nothing is queued either. */
  async drain(): Promise<void> {
    while (!this.#isPaused && this.#queue.length > 0)
      await new Promise<void>((resolve) => this.#onQuiet.push(resolve));
    await this.pause();
  }

  /** Lets go of the journal; answers which transactions were not acknowledged, and never will be here. */
  halt(): number[] {
    const seqs = [
      ...(this.#inFlight?.settlements ?? []),
      ...(this.#applied?.settlements ?? []),
      ...this.#queue.slice(this.#queueStart),
    ].map(({ seq }) => seq);
    this.#inFlight = null;
    this.#applied = null;
    this.#queue.length = 0;
    this.#queueStart = 0;
    this.#buffers = [new FrameBuffer(), new FrameBuffer()];
    this.#isPaused = true;
    this.#writer = null;
    this.#isSealed = true;
    this.#sealTimer?.cancel();
    this.#tellQuiet();
    return seqs;
  }

  /** After `halt`, when something else was put in the place of what there was. */
  restart(durableLsn: number): void {
    this.#durableLsn = durableLsn;
  }

  get #isQuiet(): boolean {
    return !this.#inFlight && !this.#applied;
  }

  #tellQuiet(): void {
    const waiting = this.#onQuiet;
    this.#onQuiet = [];
    for (const resolve of waiting) resolve();
  }

  /** One group at a time, so that queries get their turn between them. */
  #turn(): void {
    if (this.#applied || this.#isPaused || !this.#writer) return;
    const submissions = this.#takeGroup();
    if (submissions.length === 0) return;
    try {
      this.#applied = this.#apply(submissions, this.#writer);
    } catch (error) {
      this.#events.broken(error);
      return;
    }
    if (!this.#inFlight) this.#sync();
    else this.#planTurn();
  }

  #planTurn(): void {
    if (this.#isTurnPlanned || this.#queue.length === this.#queueStart) return;
    this.#isTurnPlanned = true;
    setImmediate(() => {
      this.#isTurnPlanned = false;
      this.#turn();
    });
  }

  #takeGroup(): Submission[] {
    const group: Submission[] = [];
    let bytes = 0;
    while (
      this.#queueStart < this.#queue.length &&
      group.length < GROUP_TRANSACTIONS &&
      bytes < GROUP_BYTES
    ) {
      const submission = this.#queue[this.#queueStart++] as Submission;
      group.push(submission);
      bytes += sizeOf(submission);
    }
    if (this.#queueStart === this.#queue.length) {
      this.#queue.length = 0;
      this.#queueStart = 0;
    }
    return group;
  }

  #apply(submissions: readonly Submission[], writer: JournalWriter): Group {
    const client = this.#client;
    const applied = this.#memory().apply(
      submissions.map(({ seq, text, blobs }) => ({ text, blobs, client, clientSeq: seq })),
    );
    const [frames] = this.#buffers;
    const durableLsn = this.#durableLsn;
    const settlements = applied.map((outcome, at) => {
      const submission = submissions[at] as Submission;
      if (outcome.kind === 'applied')
        frames.add(
          submission,
          { lsn: outcome.lsn, durableLsn, client, clientSeq: submission.seq },
          writer.seed,
        );
      return settlementOf(submission.seq, outcome);
    });
    return { settlements, lsn: this.#memory().lsn };
  }

  #sync(): void {
    const group = this.#applied;
    const writer = this.#writer;
    if (!group || !writer) return;
    this.#applied = null;
    this.#inFlight = group;
    this.#sealTimer?.cancel();
    const [frames, spare] = this.#buffers;
    this.#buffers = [spare, frames];
    const stored = group.lsn > this.#durableLsn ? store(writer, frames) : Promise.resolve();
    stored.then(
      () => this.#synced(group),
      (error: unknown) => {
        if (this.#inFlight === group) this.#events.failed(asError(error));
      },
    );
    this.#planTurn();
  }

  #synced(group: Group): void {
    if (this.#inFlight !== group) return;
    this.#inFlight = null;
    this.#durableLsn = group.lsn;
    this.#isSealed = false;
    this.#events.settled(group.settlements);
    this.#events.durable();
    if (this.#applied) this.#sync();
    else this.#turn();
    if (!this.#isQuiet) return;
    this.#tellQuiet();
    this.#sealLater();
  }

  #sealLater(): void {
    if (this.#isSealed) return;
    this.#sealTimer?.cancel();
    this.#sealTimer = this.#clock.setTimer(SEAL_AFTER_MS, () => void this.seal());
  }

  /** Says in the journal that its last transaction is on disk. It need not be synced: it only helps. */
  async seal(): Promise<void> {
    const writer = this.#writer;
    if (this.#isSealed || !this.#isQuiet || !writer) return;
    this.#isSealed = true;
    const [frames] = this.#buffers;
    frames.addSeal(this.#durableLsn, writer.seed);
    try {
      await writer.append(frames.take().map((piece) => Buffer.from(piece)));
    } catch (error) {
      // Behind a seal that was written in part nothing may follow.
      if (this.#writer === writer) this.#events.failed(asError(error));
    }
  }
}

interface Group {
  readonly settlements: readonly Settlement[];
  readonly lsn: number;
}

async function store(writer: JournalWriter, frames: FrameBuffer): Promise<void> {
  await writer.append(frames.take());
  await writer.sync();
  frames.shrink();
}

function settlementOf(seq: number, applied: Applied): Settlement {
  return applied.kind === 'applied'
    ? { seq, results: applied.results }
    : { seq, refusal: applied.refusal, message: applied.message, says: applied.says };
}

function sizeOf({ text, blobs }: Submission): number {
  return blobs.reduce((sum, { length }) => sum + length, text.length);
}
