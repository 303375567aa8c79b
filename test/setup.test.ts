import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress } from '../scripts/setup/progress.mjs';
import { stuckAfter } from '../scripts/setup/run-program.mjs';
import { temporaryFolder } from './support/temporary-folder.ts';

const root = join(import.meta.dirname, '..');
const SECOND = 1000;

describe('the progress of a set-up', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says what is done, about how long it takes, and every ten seconds how far it is', async () => {
    const lines: string[] = [];
    const progress = createProgress({ opening: 'once', say: (line) => lines.push(line) });
    let done = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const stage = { title: 'packages', usually: '1 minute', figure: () => `${done} of 9` };
    const working = progress.stage(stage, () => finished);
    done = 4;
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    done = 8;
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    finish();
    await working;
    await progress.stage({ title: 'unpacking', usually: '1 s' }, () => undefined);
    progress.end();
    expect(lines).toEqual([
      'setup: once',
      'setup: packages (usually 1 minute)',
      'setup:   10 s, 4 of 9',
      ...[20, 30, 40, 50].map((seconds) => `setup:   ${seconds} s, 8 of 9`),
      'setup:   1 min 0 s, 8 of 9',
      'setup:   1 min 10 s, 8 of 9',
      'setup: unpacking (usually 1 s)',
      'setup: ready after 1 min 10 s',
    ]);
  });

  it('is silent when there is nothing to do, and once its work has failed', async () => {
    const lines: string[] = [];
    const progress = createProgress({ opening: 'once', say: (line) => lines.push(line) });
    progress.end();
    expect(lines).toEqual([]);
    const stage = { title: 'packages', usually: '1 minute' };
    const work = () => Promise.reject(new Error('no network'));
    await expect(progress.stage(stage, work)).rejects.toThrow('no network');
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(lines).toEqual(['setup: once', 'setup: packages (usually 1 minute)']);
  });

  it('gives up what brings nothing, not what is slow', () => {
    let bytes = 0;
    let now = 0;
    const isStuck = stuckAfter(
      () => bytes,
      60 * SECOND,
      () => now,
    );
    for (; now < 600 * SECOND; now += 50 * SECOND) {
      bytes += 1;
      expect(isStuck()).toBe(false);
    }
    now += 61 * SECOND;
    expect(isStuck()).toBe(true);
  });
});

describe('the first set-up of a clone', () => {
  it('tells on stderr what it installs, and nothing the second time', async () => {
    const { folder, env } = await cloneWithNpm(`
      for (const path of ['node_modules/one', 'node_modules/two']) {
        fs.mkdirSync(path, { recursive: true });
        fs.writeFileSync(path + '/package.json', '{}');
      }
      fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
      console.error('npm warn deprecated one@1.0.0');
      console.error('npm http fetch GET 200 https://registry.npmjs.org/one/-/one-1.0.0.tgz 3ms');
      console.log('added 2 packages');`);
    const first = setUp(folder, env);
    expect(first.stdout).toBe('');
    expect(first.stderr.split('\n')).toEqual([
      expect.stringMatching(/^setup: installing what Pontual needs; once, .* minutes/),
      expect.stringMatching(/^setup: installing the packages .* \(usually 1 to 2 minutes\)$/),
      'added 2 packages',
      expect.stringMatching(/^setup: ready after \d+ s$/),
      '',
    ]);
    expect(setUp(folder, env)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('ends with what failed when npm fails', async () => {
    const { folder, env } = await cloneWithNpm(
      `console.error('npm error network'); process.exit(1);`,
    );
    const { status, stderr } = setUp(folder, env);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /npm error network\nsetup: 'npm ci .*' failed; see the lines above\.\n$/,
    );
  });
});

/** The set-up in a folder of its own, where npm is a script. */
async function cloneWithNpm(script: string) {
  const folder = await temporaryFolder();
  await cp(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
  const packages = { 'node_modules/one': { version: '1.0.0' }, 'node_modules/two': {} };
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const npm = `#!${process.execPath}\nconst fs = require('node:fs');\n${script}\n`;
  await writeFile(join(bin, 'npm'), npm);
  await chmod(join(bin, 'npm'), 0o755);
  return { folder, env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` } };
}

function setUp(folder: string, env: NodeJS.ProcessEnv) {
  const script = join(folder, 'scripts/setup.mjs');
  return spawnSync(process.execPath, [script], { cwd: folder, env, encoding: 'utf8' });
}
