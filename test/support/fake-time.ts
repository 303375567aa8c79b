import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const LIBRARY = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
].find((path) => existsSync(path));

/** Whether libfaketime is installed (the package `faketime`). */
export const hasFakeTime = LIBRARY !== undefined;

/** A wall clock for another process that a test sets while the process runs; its monotonic clock goes on as it is. */
export interface FakeTime {
  readonly env: NodeJS.ProcessEnv;
  /** Seconds between the real time and the one that the process sees. */
  offset(seconds: number): Promise<void>;
}

export async function fakeTime(): Promise<FakeTime> {
  const folder = await temporaryFolder();
  const file = join(folder, 'offset');
  const offset = async (seconds: number) => {
    // Never seen half written.
    await writeFile(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${file}.new`, file);
  };
  await offset(0);
  return {
    offset,
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
  };
}
