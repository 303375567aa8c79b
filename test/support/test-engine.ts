import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Caller } from '../../src/shared/command.ts';
import {
  contract,
  type CommandInput,
  type CommandName,
  type CommandOutput,
} from '../../src/shared/contract.ts';
import type { EventName, EventPayload } from '../../src/shared/events.ts';
import { demoKit } from '../../src/main/demo/demo-kit.ts';
import { startEngine, type Engine, type EngineOptions } from '../../src/main/engine/engine.ts';
import type { ThreadFiles } from '../../src/main/engine/pool/protocol.ts';
import { clockAlarm } from '../../src/main/engine/scheduler/alarm.ts';
import type { ManualClock } from './manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

const built = (name: string) => pathToFileURL(join(import.meta.dirname, '../../dist/main', name));

/** The built threads, as the programs start them. */
export const threadFiles: ThreadFiles = {
  store: built('store-thread.js'),
  network: built('network-thread.js'),
  compute: built('compute-thread.js'),
};

/** A whole engine in plain Node: real threads, a real store file, a real network. */
export interface TestEngine {
  readonly engine: Engine;
  readonly home: string;
  call<N extends CommandName>(
    name: N,
    input: CommandInput<N>,
    caller?: Caller,
  ): Promise<CommandOutput<N>>;
  /** Resolves with the first such event, from now on, that fits. */
  next<N extends EventName>(
    name: N,
    fits?: (payload: EventPayload<N>) => boolean,
  ): Promise<EventPayload<N>>;
}

export async function startTestEngine(
  options: Partial<EngineOptions> & { readonly manualClock?: ManualClock } = {},
): Promise<TestEngine> {
  const home = options.home ?? (await temporaryFolder());
  const { manualClock, ...rest } = options;
  const engine = await startEngine({
    home,
    version: '0.0.0-test',
    threads: threadFiles,
    dataKey: () => new Uint8Array(32).fill(7),
    demo: demoKit,
    machineZone: () => 'UTC',
    ...(manualClock ? { clock: manualClock, alarm: clockAlarm(manualClock) } : {}),
    ...rest,
  });
  onTestFinished(() => engine.stop());
  return {
    engine,
    home,
    call: async (name, input, caller = { via: 'gui' }) => {
      // The table pairs each name with its own input and handler; the compiler cannot follow that through a variable.
      const filled = contract[name].input.parse(input) as never;
      const handler = engine.handlers[name] as unknown as (
        input: never,
        caller: Caller,
      ) => Promise<never>;
      return handler(filled, caller);
    },
    next: (name, fits = () => true) =>
      new Promise((resolve) => {
        const stop = engine.events.on(name, (payload) => {
          // `on` gives the payload of `name`.
          const own = payload as EventPayload<typeof name>;
          if (!fits(own)) return;
          stop();
          resolve(own);
        });
      }),
  };
}
