import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../../src/main/cli/program.ts';
import { systemClock, type Clock } from '../../../src/main/engine/clock.ts';
import { EventHub } from '../../../src/main/engine/observe/events.ts';
import { parseExactData } from '../../../src/main/engine/exact-data.ts';
import { startLocalServer } from '../../../src/main/server/local-server.ts';
import { contract, type ContractHandlers } from '../../../src/shared/contract.ts';
import type { Run } from '../../../src/shared/run.ts';
import { notFound } from '../../../src/shared/errors.ts';
import type { JsonValue } from '../../../src/shared/values.ts';
import { sampleRun } from '../../support/sample-run.ts';
import { TOKEN } from '../../support/sample-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startTestEngine, threadFiles } from '../../support/test-engine.ts';

/** Waits for nothing: the command line only waits between two looks. */
const impatientClock: Clock = {
  ...systemClock,
  setTimer: (_delayMs, callback) => {
    setImmediate(callback);
    return { cancel: () => undefined };
  },
};

/** A home whose engine answers with the given handlers; commands without one fail. */
async function startEngineWith(handlers: Partial<ContractHandlers>, folder?: string) {
  const home = folder ?? (await temporaryFolder());
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
  return pontualAnswering(home, [], args);
}

/** With what a person types, and what the shell says of them. */
async function pontualAnswering(
  home: string,
  typed: readonly string[],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  let [out, err] = ['', ''];
  const answers = [...typed];
  const asked: string[] = [];
  const served: (readonly string[])[] = [];
  const code = await runCli(args, {
    terminal: {
      write: (text) => void (out += text),
      warn: (text) => void (err += text),
      isColoured: false,
    },
    clock: impatientClock,
    env: { PONTUAL_HOME: home, ...env },
    version: '0.1.0',
    threadFile: threadFiles.store,
    ask: async (question) => {
      asked.push(question);
      return answers.shift() ?? '';
    },
    serve: async (argv) => {
      served.push(argv);
      return 3;
    },
  });
  return { code, out, err, served, asked };
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

  it('takes a time as it is, or as how long from now', async () => {
    const seen: unknown[] = [];
    const home = await startEngineWith({
      pause: async ({ until }) => {
        seen.push(until);
        throw notFound('status', 'in this test');
      },
      'jobs.run': async ({ at }) => {
        seen.push(at);
        return { runIds: ['r1'] };
      },
    });
    const now = Date.now();
    for (const args of [
      ['pause', '--until', '2030-01-31T08:00:00Z'],
      ['pause', '--until', '1h30m'],
      ['run', 'coins', '--at', '2d'],
    ])
      await pontual(home, ...args);
    expect(seen[0]).toBe('2030-01-31T08:00:00Z');
    const [pause = 0, start = 0] = seen.slice(1).map((text) => Date.parse(text as string) - now);
    expect(pause).toBeGreaterThanOrEqual(90 * 60_000);
    expect(pause).toBeLessThan(91 * 60_000);
    expect(start).toBeGreaterThanOrEqual(48 * 3_600_000);
    expect(start).toBeLessThan(48 * 3_600_000 + 60_000);
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

describe('pontual, with documents', () => {
  const report = {
    imported: ['coins'],
    changed: [],
    unchanged: ['rates'],
    skipped: [{ id: 'bad', kind: 'job' as const, why: 'There is no integration.' }],
    counts: { integrations: 2, jobs: 1 },
  };

  it('writes the configuration as YAML or JSON, to a file too', async () => {
    const document = {
      version: 1 as const,
      integrations: [{ id: 'coins', name: 'Coins' }],
      jobs: [],
    };
    const home = await startEngineWith({ 'config.export': async () => document });
    const yaml = await pontual(home, 'export');
    expect(yaml.out).toBe('version: 1\nintegrations:\n  - id: coins\n    name: Coins\njobs: []\n');
    expect(JSON.parse((await pontual(home, 'export', '--format', 'json')).out)).toEqual(document);
    const file = join(home, 'config.yaml');
    expect((await pontual(home, 'export', '--output', file)).out).toBe('');
    expect(await readFile(file, 'utf8')).toBe(yaml.out);
  });

  it('tells of each item that it takes, and exits with 1 when one was left out', async () => {
    const taken: unknown[] = [];
    const home = await startEngineWith({
      'config.import': async (document) => {
        taken.push(document);
        return report;
      },
    });
    const file = join(home, 'config.yaml');
    await writeFile(file, 'version: 1\njobs: []\n');
    const { code, out } = await pontual(home, 'import', file);
    expect([code, taken]).toEqual([1, [{ version: 1, jobs: [] }]]);
    expect(out).toMatch(
      /new +coins +-\nunchanged +rates +-\nskipped +bad +There is no integration\./,
    );
  });

  it('watches a file: each new text is taken once, a wrong one is said and waited out', async () => {
    const home = await temporaryFolder();
    const file = join(home, 'config.yaml');
    const taken: unknown[] = [];
    const texts = ['version: [', 'version: 1\njobs: []'];
    await startEngineWith(
      {
        'config.import': async (document) => {
          taken.push(document);
          await writeFile(file, texts.shift() ?? '');
          if (taken.length === 2) throw notFound('end', 'of this test');
          return report;
        },
      },
      home,
    );
    await writeFile(file, 'version: 1');
    // The wrong text is replaced while it is being waited out.
    let warned = '';
    const code = await runCli(['import', file, '--watch'], {
      terminal: {
        write: () => undefined,
        warn: (text) => {
          if (text.startsWith('Following')) return;
          warned += text;
          writeFileSync(file, texts.shift() ?? '');
        },
        isColoured: false,
      },
      clock: impatientClock,
      env: { PONTUAL_HOME: home },
      version: '0.1.0',
      threadFile: threadFiles.store,
      ask: async () => '',
      serve: async () => 0,
    });
    expect(code).toBe(1);
    expect(taken).toEqual([{ version: 1 }, { version: 1, jobs: [] }]);
    expect(warned).toMatch(/not valid YAML.*There is no end/s);
  });

  it('says that a file is not there', async () => {
    const home = await startEngineWith({});
    const { code, err } = await pontual(home, 'import', join(home, 'none.yaml'));
    expect(code).toBe(1);
    expect(err).toBe(`There is no file ${join(home, 'none.yaml')}.\n`);
    expect((await pontual(home, 'import', home)).err).toBe(
      `${home} is a folder; a file is needed.\n`,
    );
  });

  it('takes a document that is larger than one request may be, in several', async () => {
    const parts: { integrations: { id: string }[]; jobs: { id: string }[] }[] = [];
    const home = await startEngineWith({
      'config.import': async (document) => {
        const part = document as unknown as (typeof parts)[number];
        parts.push(part);
        const ids = [...part.integrations, ...part.jobs].map(({ id }) => id);
        const counts = { integrations: part.integrations.length, jobs: part.jobs.length };
        return { imported: ids, changed: [], unchanged: [], skipped: [], counts };
      },
    });
    const file = join(home, 'large.json');
    const description = 'x'.repeat(400_000);
    const integrations = ['a', 'b', 'c'].map((id) => ({ id, name: id, description }));
    const jobs = [
      { id: 'later', name: 'later', after: ['first'] },
      { id: 'first', name: 'first' },
    ];
    const huge = { id: 'huge', name: 'huge', description: 'x'.repeat(2_000_000) };
    await writeFile(file, JSON.stringify({ version: 1, integrations, jobs: [...jobs, huge] }));
    const { code, out } = await pontual(home, '--json', 'import', file);
    expect(code).toBe(1);
    expect(parts.length).toBeGreaterThan(1);
    expect(JSON.parse(out)).toMatchObject({
      imported: ['a', 'b', 'c', 'first', 'later'],
      skipped: [{ id: 'huge', kind: 'job', why: expect.stringContaining('one item may have') }],
      counts: { integrations: 3, jobs: 3 },
    });
  });
});

describe('pontual, for people', () => {
  const record = (data: JsonValue) => ({
    integrationId: 'coins',
    key: '1',
    data,
    hash: 'x',
    version: 1,
    change: 'new' as const,
    firstSeenAt: '2026-11-21T12:00:00.000Z',
    lastSeenAt: '2026-11-21T12:00:00.000Z',
    changedAt: '2026-11-21T12:00:00.000Z',
    vanishedAt: null,
    runId: 'r1',
  });

  it('shows digits as they were sent, also those that no double holds', async () => {
    const data = parseExactData('{"id":9007199254740993,"price":1.10}') as JsonValue;
    const home = await startEngineWith({
      'records.list': async () => ({ items: [record(data), record(data)], nextCursor: null }),
    });
    const json = await pontual(home, '--json', 'records', '--limit', '1');
    expect(json.out).toContain('"id":9007199254740993,"price":1.10');
    expect(JSON.parse(json.out)).toHaveLength(1);
    expect((await pontual(home, 'records')).out).toContain('{"id":9007199254740993,"price":1.10}');
  });

  it('asks for as many runs as are wanted, page after page', async () => {
    const asked: number[] = [];
    const home = await startEngineWith({
      'runs.list': async ({ limit, cursor }) => {
        asked.push(limit);
        const items = Array.from({ length: limit }, () => sampleRun());
        return { items, nextCursor: cursor === undefined ? 'x' : null };
      },
    });
    const { out } = await pontual(home, '--json', 'runs', '--limit', '600');
    expect(JSON.parse(out)).toHaveLength(600);
    expect(asked).toEqual([500, 500]);
  });

  it('says that there is nothing, rather than a table of heads', async () => {
    const home = await startEngineWith({
      'jobs.list': async () => ({ items: [], nextCursor: null }),
    });
    expect((await pontual(home, 'jobs')).out).toBe('There is nothing to show.\n');
    expect((await pontual(home, '--json', 'jobs')).out).toBe('[]\n');
  });

  it.each([
    [['runs', '--limit', '0'], 'At least 1 is needed.'],
    [['pause', '--until', 'tomorrow'], 'A date and time such as'],
    [['run', 'coins', '--at', '0h'], 'A date and time such as'],
    [['serve', '--port', '70000'], 'A port is a number from 0 to 65535.'],
  ])('takes %j for wrong usage', async (args, why) => {
    const { code, err } = await pontual('/nowhere', ...args);
    expect([code, err]).toEqual([2, expect.stringContaining(why)]);
  });

  it('speaks the language of the shell', async () => {
    const env = { LANG: 'pt_BR.UTF-8' };
    const home = await startEngineWith({
      'runs.list': async () => ({ items: [sampleRun()], nextCursor: null }),
    });
    const runs = await pontualAnswering(home, [], ['runs'], env);
    expect(runs.out).toMatch(/^ID +TAREFA +GATILHO +ESTADO/);
    const none = await temporaryFolder();
    const status = await pontualAnswering(none, [], ['status'], env);
    expect(status.err).toContain('Nenhum motor funciona em');
    const wrong = async (...args: string[]) => (await pontualAnswering(none, [], args, env)).err;
    expect(await wrong('rusn')).toContain("erro: comando desconhecido 'rusn'\n(Seria run, runs?)");
    expect(await wrong('runs', '--limit', '0')).toContain(
      "erro: o valor '0' da opção '--limit <n>' não serve. É preciso pelo menos 1.",
    );
    expect(await wrong('runs', '--outcome', 'x')).toContain('São possíveis succeeded, partial,');
    expect(await wrong('status', 'x')).toContain("argumentos demais para 'status': esperados 0");
    expect(await wrong('logs')).toContain("erro: falta o argumento 'run'");
    const doctor = await pontualAnswering(none, [], ['doctor'], env);
    expect(doctor.out).toMatch(/RESULTADO +SOBRE +ACHADO\n/);
    expect(doctor.out).toContain('O relógio concorda com os arquivos da pasta.');
  });

  it('resets no folder that is not there, and makes none', async () => {
    const home = join(await temporaryFolder(), 'mistyped');
    const { code, err } = await pontual(home, 'reset', '--confirm', 'mistyped');
    expect([code, err]).toEqual([1, `There is no folder ${home}.\n`]);
    expect(() => statSync(home)).toThrow();
  });
});

describe('pontual, with a home', () => {
  it('examines a stopped one without changing it', async () => {
    const home = await homeWithJob();
    const before = await contentsOf(home);
    const { code, out } = await pontual(home, '--json', 'doctor');
    const findings = JSON.parse(out) as { about: string; level: string; message: string }[];
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(findings).toContainEqual({
      about: 'schedules',
      level: 'ok',
      message: '1 job was looked at.',
    });
    expect(code).toBe(0);
    expect(await contentsOf(home)).toEqual(before);
  });

  it('finds a damaged store, and exits with 1', async () => {
    const home = await homeWithJob();
    for (const name of await readdir(home))
      if (name.endsWith('.db')) await writeFile(join(home, name), 'not a database at all');
    const { code, out } = await pontual(home, 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/problem +store/);
  });

  it('says what a migration would do, and refuses a home that is in use with 3', async () => {
    const home = await temporaryFolder();
    const { engine } = await startTestEngine({ home });
    const inUse = await pontual(home, 'reset', '--confirm', basename(home));
    expect([inUse.code, inUse.err]).toEqual([3, expect.stringContaining('in use by process')]);
    await engine.stop();
    const { code, out } = await pontual(home, 'migrate', '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^The data is of version \d+, as this program needs it\.\n$/);
    const nothing = await pontual(await temporaryFolder(), 'migrate');
    expect(nothing.out).toMatch(/^There is no data in /);
  });

  it('deletes what is its own once the name was typed, and nothing else', async () => {
    const home = await homeWithJob();
    await mkdir(join(home, 'backups'));
    await writeFile(join(home, 'mine.txt'), 'keep me');
    const wrong = await pontualAnswering(home, ['yes'], ['reset']);
    expect([wrong.code, wrong.asked]).toEqual([1, [`Type ${basename(home)} to go on: `]]);
    expect(await readdir(home)).toContain('pontual.db');
    expect(await pontualAnswering(home, [basename(home)], ['reset'])).toMatchObject({ code: 0 });
    const left = (await readdir(home)).filter((name) => name !== 'LOCK' && name !== '.lock');
    expect(left.sort()).toEqual(['backups', 'mine.txt']);
  });

  it('sets one up by asking, and starts it', async () => {
    const home = join(await temporaryFolder(), 'home');
    const { served, out } = await pontualAnswering(home, ['', '9000', 'y'], ['init']);
    expect(out).toContain(`pontual --home ${home} serve --port 9000`);
    expect(served).toEqual([['--home', home, '--port', '9000']]);
    expect((await pontualAnswering(home, [''], ['init'])).out).toContain('set up already');
  });

  it('speaks Portuguese where the shell does', async () => {
    const { out } = await pontualAnswering('/nowhere', [], ['--help'], { LANG: 'pt_BR.UTF-8' });
    expect(out).toMatch(/^Uso: pontual/);
    expect(out).toContain('precisa do motor parado');
    const english = await pontualAnswering('/nowhere', [], ['--help'], { LANG: 'C.UTF-8' });
    expect(english.out).toMatch(/^Usage: pontual/);
  });

  it('completes its commands and their options in bash', async () => {
    const { out } = await pontual('/nowhere', 'completion', 'bash');
    const script = `${out}
      COMP_WORDS=(pontual ex); COMP_CWORD=1; _pontual; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(pontual import --w); COMP_CWORD=2; _pontual; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(pontual export --format ""); COMP_CWORD=3; _pontual; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(pontual records --format j); COMP_CWORD=3; _pontual; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(pontual completion ""); COMP_CWORD=2; _pontual; echo "\${COMPREPLY[@]}"
      COMP_WORDS=(pontual export --output ""); COMP_CWORD=3; _pontual; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(
      'export\n--watch\nyaml json\njsonl\nbash zsh fish\n\n',
    );
    expect(await pontual('/nowhere', 'completion', 'tcsh')).toMatchObject({ code: 2 });
  });
});

async function homeWithJob(): Promise<string> {
  const home = await temporaryFolder();
  const { engine, call } = await startTestEngine({ home });
  await call('integrations.create', { name: 'Coins', request: { url: 'https://example.com' } });
  await call('jobs.create', {
    name: 'Coins',
    integrationId: 'coins',
    schedule: { kind: 'cron', expression: '0 0 3 * * *', timeZone: null },
  });
  await engine.stop();
  return home;
}

/** Names, sizes and times of everything in a folder. */
async function contentsOf(folder: string): Promise<unknown[]> {
  const names = await readdir(folder, { recursive: true });
  return names.sort().map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return [name, size, mtimeMs];
  });
}
