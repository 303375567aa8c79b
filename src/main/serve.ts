import { contract } from '../shared/contract.ts';
import { systemClock } from './engine/clock.ts';
import type { Engine } from './engine/engine.ts';
import { startLocalServer, type LocalServer } from './server/local-server.ts';
import { createLockTest } from './server/seed/lock-test.ts';
import { addSeedRoutes } from './server/seed/seed-routes.ts';
import { loadToken } from './server/token-file.ts';

/** Opens the local server over a running engine, and makes its address known in the home's LOCK file. */
export async function serve(engine: Engine, port: number): Promise<LocalServer> {
  const server = await startLocalServer({
    table: contract,
    handlers: engine.handlers,
    hub: engine.events,
    token: await loadToken(engine.home),
    port,
    clock: systemClock,
    version: engine.version,
    health: () => engine.health(),
    metrics: () => engine.metrics(),
    log: (level, message, fields) =>
      engine.events.emitInternal('notice', { level, message, fields: { ...fields } }),
    addRoutes: (app) =>
      addSeedRoutes(app, {
        handlers: engine.handlers,
        hub: engine.events,
        clock: systemClock,
        testLock: createLockTest(new URL('./headless.js', import.meta.url), engine.home),
      }),
  });
  await engine.announce(server.url, [server.port]);
  return server;
}
