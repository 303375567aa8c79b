import type { Answer } from '../../shared/bridge.ts';
import { checkInput } from '../../shared/check-input.ts';
import type { Caller, CommandTable, Handlers } from '../../shared/command.ts';
import { asError, PontualError, type ErrorBody } from '../../shared/errors.ts';
import type { Locale } from '../../shared/i18n/index.ts';
import { say, spoken, toldBy } from '../../shared/sentences.ts';
import type { Clock } from '../engine/clock.ts';

const MOST_INPUT_BYTES = 1024 * 1024;
const caller: Caller = { via: 'gui' };

export interface CallOptions<T extends CommandTable> {
  readonly table: T;
  readonly handlers: Handlers<T>;
  readonly clock: Clock;
  /** The language of what is refused. */
  readonly locale: () => Locale;
  /** Told after each call: how long it took, and what went wrong that nobody expected. */
  readonly report: (call: CallReport) => void;
}

export interface CallReport {
  readonly name: string;
  readonly durationMs: number;
  readonly unexpected: Error | null;
}

/**
 * Answers calls of the window: name, size and input are checked against the contract, the handler is called, errors
 * are translated, the time is taken. Never throws.
 */
export function createCallAnswerer<T extends CommandTable>(
  options: CallOptions<T>,
): (name: unknown, input: unknown) => Promise<Answer<unknown>> {
  const { table, handlers, clock, locale, report } = options;
  return async (name, input) => {
    const started = clock.monotonic();
    let unexpected: Error | null = null;
    try {
      const known = knownName(table, name);
      const filled = checkedInput(table[known], input, locale());
      // The table ties each name to its input; TypeScript cannot follow that through a variable name.
      const handler = handlers[known] as (input: unknown, caller: Caller) => Promise<unknown>;
      return { ok: true, value: await handler(filled, caller) };
    } catch (thrown) {
      const error = asError(thrown);
      if (!(error instanceof PontualError)) unexpected = error;
      return { ok: false, error: bodyOf(error, locale()) };
    } finally {
      report({ name: String(name), durationMs: clock.monotonic() - started, unexpected });
    }
  };
}

function knownName<T extends CommandTable>(table: T, name: unknown): keyof T & string {
  if (typeof name === 'string' && Object.hasOwn(table, name)) return name;
  throw new PontualError('not-found', say('noCommand', { name: String(name) }));
}

function checkedInput(
  command: CommandTable[string] | undefined,
  input: unknown,
  locale: Locale,
): unknown {
  if (command === undefined) throw new PontualError('internal', 'The command has no entry.');
  if (byteLength(input) > MOST_INPUT_BYTES) {
    throw new PontualError('too-large', say('inputTooLarge'));
  }
  return checkInput(command.input, input, locale);
}

/** The size that the input has as JSON; what is not JSON (a cycle, a bigint) counts as too large. */
function byteLength(input: unknown): number {
  try {
    return input === undefined ? 0 : Buffer.byteLength(JSON.stringify(input));
  } catch {
    return Infinity;
  }
}

function bodyOf(error: Error, locale: Locale): ErrorBody {
  if (error instanceof PontualError) return error.bodyIn(locale);
  const { message, says } = toldBy(error);
  const code = error.name === 'StoreUnavailable' ? 'degraded' : 'internal';
  return { code, message: spoken({ message, says }, locale), details: [] };
}
