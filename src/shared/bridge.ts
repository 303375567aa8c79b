import type { CommandInput, CommandName, CommandOutput } from './contract.ts';
import type {
  DesktopCommandName,
  DesktopEvent,
  DesktopInput,
  DesktopOutput,
} from './desktop-contract.ts';
import type { ErrorBody } from './errors.ts';
import type { PontualEvent } from './events.ts';

/** An answer that crosses into the window: errors are data there, because exceptions lose their fields on the way. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorBody };

export type Unsubscribe = () => void;

/** All that the window can reach, at `window.pontual`; made by the preload. */
export interface Bridge {
  /** Calls a command of the contract. Never rejects. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Answer<CommandOutput<N>>>;
  /** Hears every event of the engine, from now on. */
  on(listener: (event: PontualEvent) => void): Unsubscribe;
  readonly desktop: {
    /** Calls a command of the desktop. Never rejects. */
    call<N extends DesktopCommandName>(
      name: N,
      input: DesktopInput<N>,
    ): Promise<Answer<DesktopOutput<N>>>;
    on(listener: (event: DesktopEvent) => void): Unsubscribe;
  };
}
