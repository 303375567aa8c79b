import { contract, type ContractHandlers } from '../../shared/contract.ts';
import type { Caller } from '../../shared/command.ts';

type AnyHandler = (input: unknown, caller: Caller) => Promise<unknown>;

/** Handlers that wait until the engine is ready, so that the window may open while it still starts. */
export function waitingHandlers(ready: Promise<ContractHandlers>): ContractHandlers {
  const names = Object.keys(contract);
  const waiting = names.map((name): [string, AnyHandler] => [
    name,
    async (input, caller) => {
      const handlers = (await ready) as unknown as Readonly<Record<string, AnyHandler>>;
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`No handler for ${name}.`);
      return handler(input, caller);
    },
  ]);
  // One entry a name of the contract, each with the types of the handler that it passes on to.
  return Object.fromEntries(waiting) as unknown as ContractHandlers;
}
