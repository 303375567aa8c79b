import { chmod, mkdir } from 'node:fs/promises';
import type { Clock, Timer } from '../../clock.ts';
import type { EventHub } from '../events.ts';
import { readAppLog, type AppLogQuery } from './app-log.ts';
import { logEvents } from './event-log.ts';
import { putLine, type LogEntry, type Mask } from './log-line.ts';
import { tidyLogs, type LogRetention } from './log-retention.ts';
import { LogWriter, type LogWriterOptions } from './log-writer.ts';
import { createLogger, programEntry, type Logger } from './logger.ts';
import { readRunLog, type RunLogQuery, type RunSpan } from './run-log.ts';

/**
 * The TXT logs: `app.log` and one file a job and day, in batches, with a bound on everything.
 * Start it first and stop it last: what is logged in between is in the files.
 */

const MINUTE = 60_000;
/** An alarm is never set further ahead than half a minute, so a clock that jumps is noticed. */
const TIDY_CHECK_MS = 30_000;
const TIDY_EVERY_MS = 60 * MINUTE;
/** When the budget is exceeded, but what is written now cannot be deleted, looking again at once is no use. */
const TIDY_AT_MOST_EVERY_MS = 5000;
const PRIVATE_FOLDER = 0o700;
const MIB = 1024 * 1024;
const MAX_FILE_BYTES = 16 * MIB;
/** With a small budget files are small too, so that the oldest can go while the newest is written. */
const FILES_PER_BUDGET = 8;
const MAX_RUN_LOG_CHARACTERS = 16 * MIB;

export interface LogsOptions {
  readonly clock: Clock;
  /** The log folder; made when it is missing, for its owner alone. */
  readonly folder: string;
  readonly hub: EventHub;
  readonly mask: Mask;
  /** Asked at each tidying, so that a changed setting counts. */
  readonly retention: () => LogRetention;
  readonly limits?: LogWriterOptions<LogEntry>['limits'];
}

export class Logs {
  readonly #options: LogsOptions;
  readonly #writer: LogWriter<LogEntry>;
  readonly logger: Logger;
  #stopListening: (() => void) | null = null;
  #timer: Timer | null = null;
  #tidying: Promise<void> | null = null;
  #tidiedAt = -Infinity;
  #bytes = 0;

  constructor(options: LogsOptions) {
    this.#options = options;
    this.#writer = new LogWriter({
      clock: options.clock,
      folder: options.folder,
      limits: { maxFileBytes: maxFileBytes(options.retention()), ...options.limits },
      put: (to, entry) => putLine(to, entry, options.mask),
      onWritten: (bytes) => this.#onWritten(bytes),
    });
    this.logger = createLogger(options.clock, (entry) => this.#take(entry));
  }

  /** Makes the folder, begins to write down what the hub tells, and tidies now and every hour. */
  async start(): Promise<void> {
    const { folder, hub, clock } = this.#options;
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    // An older folder, or a umask, may have left it open to others. Windows has no such modes.
    await chmod(folder, PRIVATE_FOLDER).catch(() => undefined);
    // Past the logger, which would cost as much again as all the rest of a line, several times a run.
    this.#stopListening = logEvents(hub, (entry) => this.#take(entry), clock);
    this.#scheduleTidying();
  }

  /** The lines of one run, also the latest ones. */
  async runLog(span: RunSpan, query: Omit<RunLogQuery, 'maxCharacters'>): Promise<string> {
    await this.#writer.flush();
    const limited = { ...query, maxCharacters: MAX_RUN_LOG_CHARACTERS };
    return readRunLog(this.#options.folder, span, limited);
  }

  /** The last lines of the program's own log, also the latest ones. */
  async appLog(query: AppLogQuery): Promise<string> {
    await this.#writer.flush();
    return readAppLog(this.#options.folder, query);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Writes what is left. Twice is harmless. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#timer?.cancel();
    this.#timer = null;
    await this.#tidying;
    await this.#writer.stop();
  }

  #take(entry: LogEntry): void {
    this.#writer.write(entry.jobId, entry.at, entry);
  }

  #onWritten(bytes: number): void {
    this.#bytes += bytes;
    const isOver = this.#bytes > this.#options.retention().logBytes;
    if (isOver && this.#sinceTidied() >= TIDY_AT_MOST_EVERY_MS) void this.#tidy();
  }

  #scheduleTidying(): void {
    const { clock } = this.#options;
    if (this.#sinceTidied() >= TIDY_EVERY_MS) void this.#tidy();
    this.#timer = clock.setTimer(TIDY_CHECK_MS, () => this.#scheduleTidying());
  }

  #sinceTidied(): number {
    return this.#options.clock.monotonic() - this.#tidiedAt;
  }

  #tidy(): Promise<void> {
    const { folder, retention, clock } = this.#options;
    this.#tidiedAt = clock.monotonic();
    this.#tidying ??= tidyLogs(folder, retention(), clock.now())
      .then(
        (bytesLeft) => void (this.#bytes = bytesLeft),
        (error: unknown) => this.#take(tidyFailure(clock, error)),
      )
      .finally(() => void (this.#tidying = null));
    return this.#tidying;
  }
}

function maxFileBytes({ logBytes }: LogRetention): number {
  return Math.max(Math.min(MAX_FILE_BYTES, Math.trunc(logBytes / FILES_PER_BUDGET)), 1);
}

function tidyFailure(clock: Clock, error: unknown): LogEntry {
  return programEntry(clock, 'warn', `Old log files could not be deleted: ${String(error)}`);
}
