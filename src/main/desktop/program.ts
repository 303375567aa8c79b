import { app } from 'electron';
import { demoKit } from '../demo/demo-kit.ts';
import { startEngine, type Engine } from '../engine/engine.ts';
import { inHome } from '../home.ts';
import type { LaunchOptions } from './launch-options.ts';
import { ServerSwitch } from './server-switch.ts';

/** What works behind the window. */
export interface Program {
  readonly engine: Engine;
  readonly server: ServerSwitch;
  stop(): Promise<void>;
}

/** Starts the engine with a switch for the local server over it, which is off. */
export async function startProgram(
  { home }: Pick<LaunchOptions, 'home'>,
  dataKey: Uint8Array | null,
  restart: () => void,
): Promise<Program> {
  const engine = await inHome(home, () =>
    startEngine({
      home,
      version: app.getVersion(),
      threads: {
        store: new URL('./store-thread.js', import.meta.url),
        network: new URL('./network-thread.js', import.meta.url),
        compute: new URL('./compute-thread.js', import.meta.url),
      },
      dataKey: () => dataKey,
      demo: demoKit,
      onReplaced: restart,
    }),
  );
  const server = new ServerSwitch({
    // Loaded when it is switched on: most never do, and it is half of the program's code.
    open: async (port) => (await import('../serve.ts')).serve(engine, port),
    onClosed: () => engine.announce(null, []),
    onProblem: (message) =>
      engine.events.emitInternal('notice', { level: 'warn', message, fields: {} }),
  });
  return {
    engine,
    server,
    stop: async () => {
      await server.stop();
      await engine.stop();
    },
  };
}
