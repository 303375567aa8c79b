import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/main/engine/clock.ts';
import { EventHub } from '../../src/main/engine/observe/events.ts';
import { Logs } from '../../src/main/engine/observe/log/logs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MIB = 1024 * 1024;
const EVENTS = 200_000;
const PER_TURN = 500;

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a flood of log lines', () => {
  it('is written or counted, line by line, in bounded memory and a bounded folder', async () => {
    const folder = join(await temporaryFolder(), 'logs');
    const hub = new EventHub({
      clock: systemClock,
      onListenerError: (error) => {
        throw error;
      },
    });
    const logBytes = 2048 * MIB;
    const logs = new Logs({
      clock: systemClock,
      folder,
      hub,
      mask: (text) => text,
      retention: () => ({ logDays: 30, logBytes }),
    });
    await logs.start();
    const memoryBefore = process.memoryUsage().rss;
    const started = systemClock.monotonic();
    let memory = 0;
    for (let i = 0; i < EVENTS; i++) {
      const fields = { i, filler: 'x'.repeat(200) };
      hub.emitInternal('notice', { level: 'info', message: 'flood', fields });
      if (i % PER_TURN === 0) {
        await turn();
        memory = Math.max(memory, process.memoryUsage().rss - memoryBefore);
      }
    }
    const seconds = (systemClock.monotonic() - started) / 1000;
    await logs.stop();

    let written = 0;
    let dropped = 0;
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8');
      written += text.match(/ flood \| /g)?.length ?? 0;
      for (const [, count] of text.matchAll(/ dropped=(\d+)$/gm)) dropped += Number(count);
    }
    // eslint-disable-next-line no-console -- a figure worth seeing beside the verdict
    console.log({ linesPerSecond: Math.round(EVENTS / seconds), written, dropped, memory });
    expect(written + dropped).toBe(EVENTS);
    expect(written).toBeGreaterThan(EVENTS / 10);
    expect(memory).toBeLessThan(150 * MIB);
  });
});
