import type { Clock, Timer } from '../../clock.ts';
import { appendBatch, type BatchPlace } from './append-batch.ts';
import { fieldsOf, formatLine, type LogEntry } from './log-line.ts';
import { LineBytes } from './line-bytes.ts';
import { appLogTarget, jobLogTarget, utcDay, type LogTarget } from './log-paths.ts';

/**
 * Writes lines in batches, away from whoever logs: `write` only puts a line into memory. What is in memory is
 * bounded; lines that find no room are counted, and the count is written where they are missing. A file that cannot
 * be written (full disk, no permission) keeps its lines in that bound and is tried again, ever more rarely.
 */

const SECOND = 1000;
const DAY_MS = 86_400 * SECOND;
const KIB = 1024;
const MIB = 1024 * KIB;

export const LOG_WRITER_DEFAULTS = {
  /** Writing waits until no line has come for so long: it is not to take its time from what the lines tell of. */
  quietMs: 200,
  /** But no longer than this. */
  flushAtLatestMs: SECOND,
  maxFileBytes: 16 * MIB,
  /** Waiting lines of one file, and of all files, in bytes. */
  maxWaitingPerFile: 2 * MIB,
  maxWaiting: 16 * MIB,
  /** With this much waiting, of one file or of all, they are written at once. */
  flushAbove: 256 * KIB,
  flushAllAbove: 4 * MIB,
  filesAtOnce: 8,
  retryFirstMs: SECOND,
  retryAtMostMs: 30 * SECOND,
} as const;

export interface LogWriterOptions<E> {
  readonly clock: Clock;
  readonly folder: string;
  /** Puts an entry as one line with its line break. */
  readonly put: (to: LineBytes, entry: E) => void;
  /** Called with the bytes that a batch added, and whether a file was put aside. */
  readonly onWritten?: (bytes: number, rotated: boolean) => void;
  readonly limits?: Partial<Record<keyof typeof LOG_WRITER_DEFAULTS, number>>;
}

interface Waiting {
  readonly target: LogTarget;
  readonly lines: LineBytes;
  /** Of its lines, also of those that are being written. */
  bytes: number;
  dropped: number;
  /** Consecutive failures, and when (monotonic ms) the next try may be. */
  failures: number;
  retryAt: number;
}

export class LogWriter<E> {
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #put: LogWriterOptions<E>['put'];
  readonly #onWritten: NonNullable<LogWriterOptions<E>['onWritten']>;
  readonly #limits: Record<keyof typeof LOG_WRITER_DEFAULTS, number>;
  readonly #waiting = new Map<string, Waiting>();
  /** Of jobs that wrote on the day `#dayNumber`. */
  readonly #targets = new Map<string, LogTarget>();
  #dayNumber = 0;
  #bytes = 0;
  #timer: Timer | null = null;
  #wakesSoon = false;
  /** Bytes taken since they were last written, also those that could not be. */
  #fresh = 0;
  #flushing: Promise<void> | null = null;
  #stopped = false;
  #droppedInAll = 0;

  constructor({
    clock,
    folder,
    put,
    onWritten = () => undefined,
    limits = {},
  }: LogWriterOptions<E>) {
    this.#clock = clock;
    this.#folder = folder;
    this.#put = put;
    this.#onWritten = onWritten;
    this.#limits = { ...LOG_WRITER_DEFAULTS, ...limits };
  }

  /** Lines that found no room since the start. */
  get dropped(): number {
    return this.#droppedInAll;
  }

  /** Takes an entry for the file of a job's day, or of the program; never waits, never throws. */
  write(jobId: string | null, at: number, entry: E): void {
    if (this.#stopped) return;
    const file = this.#fileFor(jobId === null ? appLogTarget : this.#targetOf(jobId, at));
    const { maxWaitingPerFile, maxWaiting, flushAbove, flushAllAbove } = this.#limits;
    const before = file.lines.length;
    this.#put(file.lines, entry);
    const bytes = file.lines.length - before;
    if (file.bytes + bytes > maxWaitingPerFile || this.#bytes + bytes > maxWaiting) {
      file.lines.cutTo(before);
      file.dropped += 1;
      this.#droppedInAll += 1;
      return;
    }
    file.bytes += bytes;
    this.#bytes += bytes;
    this.#fresh += bytes;
    // What a file that cannot be written keeps does not hurry the others.
    const isMuch = file.bytes > flushAbove || this.#fresh > flushAllAbove;
    this.#wake(isMuch && file.failures === 0);
  }

  /** Everything taken so far is in the files, as far as they can be written. Never throws. */
  async flush(): Promise<void> {
    await this.#flushing;
    await this.#flushOnce(true);
  }

  /** Writes what is left and takes no more. Twice is harmless. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = null;
    await this.flush();
  }

  /** Made once a job and day: a run writes several lines. */
  #targetOf(jobId: string, at: number): LogTarget {
    const dayNumber = Math.floor(at / DAY_MS);
    if (dayNumber !== this.#dayNumber) {
      this.#dayNumber = dayNumber;
      this.#targets.clear();
    }
    let target = this.#targets.get(jobId);
    if (target === undefined) {
      target = jobLogTarget(jobId, utcDay(at));
      this.#targets.set(jobId, target);
    }
    return target;
  }

  #fileFor(target: LogTarget): Waiting {
    const known = this.#waiting.get(target.path);
    if (known) return known;
    const lines = new LineBytes();
    const file = { target, lines, bytes: 0, dropped: 0, failures: 0, retryAt: 0 };
    this.#waiting.set(target.path, file);
    return file;
  }

  #wake(soon: boolean): void {
    if (this.#stopped || this.#flushing || this.#wakesSoon || (this.#timer && !soon)) return;
    this.#timer?.cancel();
    this.#wakesSoon = soon;
    if (soon) this.#timer = this.#clock.setTimer(0, () => this.#onTimer());
    else this.#awaitQuiet(this.#clock.monotonic() + this.#limits.flushAtLatestMs);
  }

  #awaitQuiet(latest: number): void {
    const before = this.#fresh;
    this.#timer = this.#clock.setTimer(this.#limits.quietMs, () => {
      const isQuiet = this.#fresh === before;
      if (isQuiet || this.#clock.monotonic() >= latest) this.#onTimer();
      else this.#awaitQuiet(latest);
    });
  }

  #onTimer(): void {
    this.#timer = null;
    this.#wakesSoon = false;
    void this.#flushOnce(false);
  }

  #flushOnce(evenFailed: boolean): Promise<void> {
    this.#flushing ??= this.#writeAll(evenFailed).finally(() => {
      this.#flushing = null;
      if (this.#waiting.size > 0) this.#wake(false);
    });
    return this.#flushing;
  }

  async #writeAll(evenFailed: boolean): Promise<void> {
    this.#fresh = 0;
    const now = this.#clock.monotonic();
    const due = [...this.#waiting.values()].filter((file) => evenFailed || file.retryAt <= now);
    const next = due.values();
    const worker = async () => {
      for (const file of next) await this.#writeFile(file);
    };
    await Promise.all(Array.from({ length: this.#limits.filesAtOnce }, worker));
  }

  async #writeFile(file: Waiting): Promise<void> {
    const { dropped, bytes: waiting } = file;
    file.dropped = 0;
    const lines = file.lines.take();
    try {
      const bytes = dropped > 0 ? Buffer.concat([lines, this.#droppedLine(dropped)]) : lines;
      this.#onWritten(bytes.length, await appendBatch(this.#placeOf(file.target), bytes));
      this.#forget(file, waiting);
    } catch {
      // The lines stay, the newest are dropped when there is no room; the next try is later each time.
      file.lines.putBack(lines);
      file.dropped += dropped;
      file.failures += 1;
      const { retryFirstMs, retryAtMostMs } = this.#limits;
      const delayMs = Math.min(retryFirstMs * 2 ** (file.failures - 1), retryAtMostMs);
      file.retryAt = this.#clock.monotonic() + delayMs;
    }
  }

  #forget(file: Waiting, bytes: number): void {
    file.bytes -= bytes;
    this.#bytes -= bytes;
    file.failures = 0;
    file.retryAt = 0;
    if (file.lines.length === 0 && file.dropped === 0) this.#waiting.delete(file.target.path);
  }

  #droppedLine(dropped: number): Buffer {
    return Buffer.from(`${droppedLine(this.#clock.now(), dropped)}\n`);
  }

  #placeOf(target: LogTarget): BatchPlace {
    const today = utcDay(this.#clock.now());
    return { folder: this.#folder, target, maxFileBytes: this.#limits.maxFileBytes, today };
  }
}

function droppedLine(at: number, dropped: number): string {
  const entry: LogEntry = {
    at,
    level: 'warn',
    jobId: null,
    runId: null,
    attempt: null,
    message: `${dropped} log lines were dropped here: they came faster than they could be written.`,
    fields: fieldsOf({ dropped }),
  };
  return formatLine(entry, (text) => text);
}
