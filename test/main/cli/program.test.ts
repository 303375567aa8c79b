import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../src/main/cli/program.ts';
import { systemClock, type Clock } from '../../../src/main/engine/clock.ts';
import { EventHub } from '../../../src/main/engine/observe/events.ts';
import { startLocalServer } from '../../../src/main/server/local-server.ts';
import { contract, type ContractHandlers } from '../../../src/shared/contract.ts';
import type { Run } from '../../../src/shared/run.ts';
import { notFound } from '../../../src/shared/errors.ts';
import { sampleRun } from '../../support/sample-run.ts';
import { TOKEN } from '../../support/sample-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Waits for nothing: the command line only waits between two looks. */
const impatientClock: Clock = {
  ...systemClock,
  setTimer: (_delayMs, callback) => {
    setImmediate(callback);
    return { cancel: () => undefined };
  },
};

/** A home whose engine answers with the given handlers; commands without one fail. */
async function startEngineWith(handlers: Partial<ContractHandlers>) {
  const home = await temporaryFolder();
  const missing = async () => {
    throw notFound('handler', 'in this test');
  };
  const all = Object.fromEntries(Object.keys(contract).map((name) => [name, missing]));
  const server = await startLocalServer({
    table: contract,
    // Every name of the contract is a key of `all`.
    handlers: { ...all, ...handlers } as ContractHandlers,
    hub: new EventHub({ clock: systemClock, onListenerError: () => undefined }),
    token: TOKEN,
    port: 0,
    clock: systemClock,
    version: '0.1.0',
    health: () => ({ state: 'running', reason: null }),
    metrics: async () => ({ contentType: 'text/plain', text: '' }),
    log: () => undefined,
  });
  onTestFinished(() => server.stop());
  await writeFile(join(home, 'api-token'), TOKEN);
  await writeFile(join(home, 'LOCK'), JSON.stringify({ pid: process.pid, url: server.url }));
  return home;
}

async function pontual(home: string, ...args: string[]) {
  let [out, err] = ['', ''];
  const served: (readonly string[])[] = [];
  const code = await runCli(args, {
    terminal: {
      write: (text) => void (out += text),
      warn: (text) => void (err += text),
      isColoured: false,
    },
    clock: impatientClock,
    env: { PONTUAL_HOME: home },
    version: '0.1.0',
    serve: async (argv) => {
      served.push(argv);
      return 3;
    },
  });
  return { code, out, err, served };
}

describe('pontual', () => {
  it('starts a job and answers its runs', async () => {
    const seen: unknown[] = [];
    const home = await startEngineWith({
      'jobs.run': async (input, caller) => {
        seen.push([input, caller.via]);
        return { runIds: ['r1', 'r2'] };
      },
    });
    const { code, out } = await pontual(home, 'run', 'coins', '--input', '{"day":"x"}', '--full');
    expect([code, out]).toEqual([0, 'r1\nr2\n']);
    expect(seen).toMatchObject([[{ id: 'coins', input: { day: 'x' }, full: true }, 'cli']]);
  });

  it.each([
    ['succeeded', 0],
    ['partial', 0],
    ['failed', 1],
    ['skipped', 1],
  ] as const)('waits for a run that ends as %s and exits with %i', async (outcome, exit) => {
    const running: Partial<Run> = { id: 'r1', state: 'running', outcome: null };
    const looks = [sampleRun(running), sampleRun(running), sampleRun({ id: 'r1', outcome })];
    const home = await startEngineWith({
      'jobs.run': async () => ({ runIds: ['r1'] }),
      'runs.get': async () => ({ ...looks.shift()!, attempts: [] }),
    });
    const { code, out } = await pontual(home, 'run', 'coins', '--wait');
    expect(code).toBe(exit);
    expect(out).toContain(outcome);
  });

  it('lists runs as a table, or as JSON that can be piped', async () => {
    const asked: unknown[] = [];
    const home = await startEngineWith({
      'runs.list': async (input) => {
        asked.push(input);
        return { items: [sampleRun()], nextCursor: null };
      },
    });
    const people = await pontual(home, 'runs', '--job', 'coins-30s', '--outcome', 'failed');
    expect(people.out.split('\n')[0]).toMatch(/^ID +JOB +TRIGGER/);
    expect(asked).toEqual([{ jobId: 'coins-30s', outcome: 'failed', limit: 20 }]);
    const json = await pontual(home, '--json', 'runs');
    expect(JSON.parse(json.out)).toEqual([sampleRun()]);
  });

  it('follows a list over its pages', async () => {
    const home = await startEngineWith({
      'runs.list': async ({ cursor }) =>
        cursor === undefined
          ? { items: [sampleRun({ id: 'a' })], nextCursor: 'next' }
          : { items: [sampleRun({ id: 'b' })], nextCursor: null },
    });
    const { out } = await pontual(home, '--json', 'runs');
    expect((JSON.parse(out) as Run[]).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('follows a log until its run ends, writing each line once', async () => {
    const texts = ['one\n', 'one\ntwo\n', 'one\ntwo\nthree\n'];
    const states = ['running', 'running', 'finished'] as const;
    let look = -1;
    const home = await startEngineWith({
      'runs.get': async () => ({
        ...sampleRun({ state: states[++look] ?? 'finished' }),
        attempts: [],
      }),
      'runs.log': async () => texts[look] ?? '',
    });
    const { out } = await pontual(home, 'logs', 'r1', '--follow');
    expect(out).toBe('one\ntwo\nthree\n');
  });

  it('writes a refusal to standard error and exits with 1', async () => {
    const home = await startEngineWith({
      'jobs.pause': async ({ id }) => {
        throw notFound('job', id);
      },
    });
    const { code, out, err } = await pontual(home, 'pause', 'nothing');
    expect([code, out, err]).toEqual([1, '', "There is no job 'nothing'.\n"]);
  });

  it.each([
    [['fly']],
    [['run']],
    [['runs', '--outcome', 'great']],
    [['runs', '--limit', 'many']],
    [['run', 'coins', '--input', '[1]']],
    [['status', '--wrong']],
  ])('exits with 2 for %j, before it looks for an engine', async (args) => {
    const { code, out, err } = await pontual('/nowhere', ...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: /);
  });

  it('says so when no engine runs', async () => {
    const { code, err } = await pontual(await temporaryFolder(), 'status');
    expect(code).toBe(1);
    expect(err).toMatch(/^No engine runs in .*pontual serve/);
  });

  it('tells its version and its commands', async () => {
    expect(await pontual('/nowhere', '--version')).toMatchObject({ code: 0, out: '0.1.0\n' });
    const { code, out } = await pontual('/nowhere', '--help');
    expect(code).toBe(0);
    expect(out).toContain('needs a stopped one');
  });

  it('serves with the same arguments as the engine takes, and exits as it did', async () => {
    const { code, served } = await pontual('/x', '--home', '/h', 'serve', '--port', '0', '--demo');
    expect(code).toBe(3);
    expect(served).toEqual([['--home', '/h', '--port', '0', '--demo']]);
  });
});
