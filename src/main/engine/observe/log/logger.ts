import { format } from 'node:util';
import electronLog from 'electron-log/node';
import type { Clock } from '../../clock.ts';
import type { LogLevel } from '../internal-events.ts';
import { NO_FIELDS, type LogEntry } from './log-line.ts';

/**
 * electron-log is what the program logs through, apart from the events of runs; its own transports are switched off,
 * because they write on the caller's thread, line by line, into files that everybody may read. Ours hands each message
 * on and returns.
 */

const OUR_LEVELS = {
  error: 'error',
  warn: 'warn',
  info: 'info',
  verbose: 'debug',
  debug: 'debug',
  silly: 'debug',
} as const satisfies Record<string, LogLevel>;

export type Logger = ReturnType<typeof electronLog.create>;

/** A logger whose messages all go to `take`, each as a line of `app.log`. */
export function createLogger(clock: Clock, take: (entry: LogEntry) => void): Logger {
  const logger = electronLog.create({ logId: 'pontual' });
  for (const name of Object.keys(logger.transports)) logger.transports[name] = null;
  const transport = Object.assign(
    (message: { data: unknown[]; level: keyof typeof OUR_LEVELS }) => {
      take(programEntry(clock, OUR_LEVELS[message.level], format(...message.data)));
    },
    { level: 'silly' as const, transforms: [] },
  );
  logger.transports['pontual'] = transport;
  return logger;
}

/** An entry of `app.log`. */
export function programEntry(clock: Clock, level: LogLevel, message: string): LogEntry {
  return {
    at: clock.now(),
    level,
    jobId: null,
    runId: null,
    attempt: null,
    message,
    fields: NO_FIELDS,
  };
}
