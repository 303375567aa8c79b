import { app } from 'electron';
import { demoKit } from '../demo/demo-kit.ts';
import { startEngine, type Engine } from '../engine/engine.ts';
import { serve } from '../serve.ts';
import type { LocalServer } from '../server/local-server.ts';
import type { LaunchOptions } from './launch-options.ts';

/** What works behind the window. */
export interface Program {
  readonly engine: Engine;
  /** Off unless it was asked for. */
  readonly server: LocalServer | null;
  stop(): Promise<void>;
}

/** Starts the engine, and the local server over it when a port was given. */
export async function startProgram(
  { home, port }: LaunchOptions,
  dataKey: Uint8Array | null,
): Promise<Program> {
  const engine = await startEngine({
    home,
    version: app.getVersion(),
    threads: {
      store: new URL('./store-thread.js', import.meta.url),
      network: new URL('./network-thread.js', import.meta.url),
      compute: new URL('./compute-thread.js', import.meta.url),
    },
    dataKey,
    demo: demoKit,
  });
  const server = port === null ? null : await serve(engine, port);
  return {
    engine,
    server,
    stop: async () => {
      await server?.stop();
      await engine.stop();
    },
  };
}
