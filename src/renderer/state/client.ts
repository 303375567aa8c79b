import type { Answer, Bridge } from '../../shared/bridge.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import type {
  DesktopCommandName,
  DesktopInput,
  DesktopOutput,
} from '../../shared/desktop-contract.ts';
import type { ErrorBody, ErrorCode, Problem } from '../../shared/errors.ts';

/** A command that was refused, with the sentences of the other side. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: ErrorCode;
  readonly details: readonly Problem[];

  constructor(body: ErrorBody) {
    super(body.message);
    this.code = body.code;
    this.details = body.details;
  }
}

/** The commands as functions that answer or throw a `CallError`. */
export interface Client {
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  desktop<N extends DesktopCommandName>(name: N, input: DesktopInput<N>): Promise<DesktopOutput<N>>;
}

export function createClient(bridge: Bridge): Client {
  return {
    call: async (name, input) => unwrap(await bridge.call(name, input)),
    desktop: async (name, input) => unwrap(await bridge.desktop.call(name, input)),
  };
}

function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new CallError(answer.error);
}

/** Turns whatever was thrown into a CallError, so that screens show one kind of thing. */
export function asCallError(thrown: unknown): CallError {
  if (thrown instanceof CallError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CallError({ code: 'internal', message, details: [] });
}
