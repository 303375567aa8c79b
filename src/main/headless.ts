import { parseArgs } from 'node:util';
import packageJson from '../../package.json' with { type: 'json' };
import { asError } from '../shared/errors.ts';
import { demoKit } from './demo/demo-kit.ts';
import { startEngine, STOP_MS, type Engine } from './engine/engine.ts';
import { headlessKey } from './engine/secrets/key-file.ts';
import { homeFolder, inHome, ownerOnly } from './home.ts';
import { serve } from './serve.ts';
import type { LocalServer } from './server/local-server.ts';

/** The same engine and local server under plain Node, for machines without a screen. */

const DEFAULT_PORT = 8085;
const EXIT = { ok: 0, error: 1, usage: 2, homeInUse: 3 };

const USAGE = `Usage: headless [--home DIR] [--port N] [--demo]

  --home DIR   the folder that holds everything (else PONTUAL_HOME, else the platform's user-data folder)
  --port N     of the local server, ${DEFAULT_PORT} if not given, 0 for any that is free
  --demo       registers the small API inside the program and a job that collects it every 30 s
`;

interface Arguments {
  readonly home: string;
  readonly port: number;
  readonly demo: boolean;
}

function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      home: { type: 'string' },
      port: { type: 'string', default: String(DEFAULT_PORT) },
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port '${values.port}' is not a port; expected a number from 0 to 65535.`);
  return { home: homeFolder(values.home, process.env), port, demo: values.demo };
}

/** The engine and its server; both are replaced when all that is stored was. */
interface Running {
  readonly engine: Engine;
  readonly server: LocalServer;
}

async function run({ home, port, demo }: Arguments): Promise<void> {
  ownerOnly();
  const begin = (on: number) => inHome(home, () => start(home, on, restart));
  let running = begin(port);
  function restart(): void {
    running = running.then(async (before) => {
      await stop(before);
      return begin(before.server.port);
    });
    running.catch(fail);
  }
  const leave = () => {
    // Everything acknowledged is in the journal, so after the time is up the process may end as it stands.
    setTimeout(() => process.exit(EXIT.ok), STOP_MS);
    running.then(stop).then(() => process.exit(EXIT.ok), fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave);
  const { engine, server } = await running;
  if (demo) await engine.handlers['demo.start']({}, { via: 'internal' });
  const ready = { ready: true, url: server.url, home, pid: process.pid };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

async function start(home: string, port: number, onReplaced: () => void): Promise<Running> {
  const engine = await startEngine({
    home,
    version: packageJson.version,
    threads: {
      store: new URL('./store-thread.js', import.meta.url),
      network: new URL('./network-thread.js', import.meta.url),
      compute: new URL('./compute-thread.js', import.meta.url),
    },
    dataKey: () => headlessKey(home, process.env),
    demo: demoKit,
    onReplaced,
  });
  try {
    return { engine, server: await serve(engine, port) };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function stop({ engine, server }: Running): Promise<void> {
  await server.stop();
  await engine.stop();
}

function fail(thrown: unknown): void {
  process.stderr.write(`Pontual could not start: ${asError(thrown).message}\n`);
  const inUse = thrown instanceof Error && 'code' in thrown && thrown.code === 'home-in-use';
  process.exit(inUse ? EXIT.homeInUse : EXIT.error);
}

try {
  const read = readArguments(process.argv.slice(2));
  if (read === 'help') process.stdout.write(USAGE);
  else run(read).catch(fail);
} catch (error) {
  process.stderr.write(`${asError(error).message}\n\n${USAGE}`);
  process.exitCode = EXIT.usage;
}
