import { mkdir, readFile, readdir, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  LogWriter,
  type LogWriterOptions,
} from '../../../../../src/main/engine/observe/log/log-writer.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const start = Date.parse('2026-11-21T12:00:00.000Z');

/** An entry is its line. */
const put: LogWriterOptions<string>['put'] = (to, line) => to.text(`${line}\n`);

async function createWriter(limits: LogWriterOptions<string>['limits'] = {}) {
  const folder = join(await temporaryFolder(), 'logs');
  const clock = new ManualClock(start);
  const writer = new LogWriter({ clock, folder, put, limits });
  const read = (path: string) => readFile(join(folder, path), 'utf8');
  return { writer, clock, folder, read };
}

describe('LogWriter', () => {
  it('writes the lines of each job and day and of the program into files of their own', async () => {
    const { writer, read } = await createWriter();
    writer.write('coins', start, 'one');
    writer.write('coins', start, 'two');
    writer.write('coins', start + 86_400_000, 'tomorrow');
    writer.write('weather', start, 'rain');
    writer.write(null, start, 'started');
    await writer.stop();
    expect(await read('coins/2026-11-21.txt')).toBe('one\ntwo\n');
    expect(await read('coins/2026-11-22.txt')).toBe('tomorrow\n');
    expect(await read('weather/2026-11-21.txt')).toBe('rain\n');
    expect(await read('app.log')).toBe('started\n');
  });

  it('writes by itself a moment later', async () => {
    const folder = join(await temporaryFolder(), 'logs');
    const clock = new ManualClock(start);
    const written = new Promise<number>((resolve) => {
      const writer = new LogWriter({ clock, folder, put, onWritten: resolve });
      writer.write(null, start, 'one');
    });
    clock.advance(200);
    expect(await written).toBe('one\n'.length);
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits for a quiet moment, but not for ever', async () => {
    const folder = join(await temporaryFolder(), 'logs');
    const clock = new ManualClock(start);
    const batches: number[] = [];
    const writer = new LogWriter({ clock, folder, put, onWritten: (bytes) => batches.push(bytes) });
    for (let at = 0; at < 1000; at += 100) {
      writer.write('busy', start, 'x');
      clock.advance(100);
      expect(batches).toEqual([]);
    }
    clock.advance(100);
    await writer.flush();
    expect(batches).toEqual([20]);
    writer.write('busy', start, 'y');
    clock.advance(200);
    await writer.flush();
    expect(batches).toEqual([20, 2]);
    await writer.stop();
  });

  it('keeps its files and folders from other people, whatever the umask', async () => {
    const before = process.umask(0);
    onTestFinished(() => void process.umask(before));
    const { writer, folder } = await createWriter();
    writer.write('coins', start, 'one');
    writer.write(null, start, 'two');
    await writer.stop();
    const modes = await Promise.all(
      ['', 'coins', 'coins/2026-11-21.txt', 'app.log'].map(
        async (path) => (await stat(join(folder, path))).mode & 0o777,
      ),
    );
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600]);
  });

  it('puts a full file aside and begins the next', async () => {
    const { writer, folder, read } = await createWriter({ maxFileBytes: 10 });
    for (const line of ['11111111', '22222222', '33333333']) {
      writer.write('coins', start, line);
      await writer.flush();
    }
    expect((await readdir(join(folder, 'coins'))).sort()).toEqual([
      '2026-11-21.1.txt',
      '2026-11-21.2.txt',
      '2026-11-21.txt',
    ]);
    expect(await read('coins/2026-11-21.1.txt')).toBe('11111111\n');
    expect(await read('coins/2026-11-21.txt')).toBe('33333333\n');
  });

  it('puts the program log of yesterday aside', async () => {
    const { writer, folder, read } = await createWriter();
    writer.write(null, start, 'yesterday');
    await writer.flush();
    const yesterday = new Date(start - 86_400_000);
    await utimes(join(folder, 'app.log'), yesterday, yesterday);
    writer.write(null, start, 'today');
    await writer.flush();
    expect(await read('app-2026-11-20.1.log')).toBe('yesterday\n');
    expect(await read('app.log')).toBe('today\n');
  });

  it('goes on when its file is moved, deleted, or its folder is', async () => {
    const { writer, folder, read } = await createWriter();
    writer.write('coins', start, 'one');
    await writer.flush();
    await rename(join(folder, 'coins/2026-11-21.txt'), join(folder, 'coins/rotated.1'));
    writer.write('coins', start, 'two');
    await writer.flush();
    expect(await read('coins/rotated.1')).toBe('one\n');
    expect(await read('coins/2026-11-21.txt')).toBe('two\n');
    await rm(folder, { recursive: true });
    writer.write('coins', start, 'three');
    await writer.flush();
    expect(await read('coins/2026-11-21.txt')).toBe('three\n');
  });

  it.skipIf(process.platform !== 'linux')(
    'keeps lines while the disk is full and writes them when there is room',
    async () => {
      const { writer, folder, clock, read } = await createWriter();
      await mkdir(folder);
      await symlink('/dev/full', join(folder, 'app.log'));
      writer.write(null, start, 'kept');
      writer.write('coins', start, 'elsewhere');
      await writer.flush();
      expect(await read('coins/2026-11-21.txt')).toBe('elsewhere\n');
      await rm(join(folder, 'app.log'));
      await clock.advanceAsync(2000);
      await writer.flush();
      expect(await read('app.log')).toBe('kept\n');
    },
  );

  it.skipIf(process.platform !== 'linux')(
    'is not hurried by what a file that cannot be written keeps',
    async () => {
      const { writer, folder, clock } = await createWriter({ flushAllAbove: 50 });
      await mkdir(folder);
      await symlink('/dev/full', join(folder, 'app.log'));
      writer.write(null, start, 'x'.repeat(60));
      clock.advance(1);
      await writer.flush();
      writer.write('coins', start, 'later');
      clock.advance(1);
      expect(clock.pendingTimers).toBe(1);
      await rm(join(folder, 'app.log'));
      await writer.stop();
    },
  );

  it('bounds what waits, and counts in the file what found no room', async () => {
    const { writer, read } = await createWriter({ maxWaitingPerFile: 20 });
    for (let i = 0; i < 10; i++) writer.write('coins', start, '123456789');
    await writer.flush();
    writer.write('coins', start, 'later');
    await writer.stop();
    const lines = (await read('coins/2026-11-21.txt')).trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['123456789', '123456789']);
    expect(lines[2]).toMatch(/WARN {2}- 8 log lines were dropped here.* \| dropped=8$/);
    expect(lines[3]).toBe('later');
    expect(writer.dropped).toBe(8);
  });

  it('does not let one noisy job take the room of the others', async () => {
    const { writer, read } = await createWriter({ maxWaitingPerFile: 20, maxWaiting: 1000 });
    for (let i = 0; i < 100; i++) writer.write('noisy', start, '123456789');
    writer.write('quiet', start, 'still heard');
    await writer.stop();
    expect(await read('quiet/2026-11-21.txt')).toBe('still heard\n');
  });

  it('takes no more lines once it is stopped, and may be stopped twice', async () => {
    const { writer, read, clock } = await createWriter();
    writer.write(null, start, 'last');
    await Promise.all([writer.stop(), writer.stop()]);
    writer.write(null, start, 'too late');
    await writer.flush();
    expect(await read('app.log')).toBe('last\n');
    expect(clock.pendingTimers).toBe(0);
  });
});
