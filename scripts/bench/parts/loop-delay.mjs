// Preloaded into the engine (`--import`): how late its main loop is, written to the file that LOOP_DELAY_FILE names.
// A timer that should fire every 5 ms notes by how much it was late, so a turn of 30 ms counts as about 30 ms.
import { renameSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 5;
const WRITE_EVERY = 50;

const file = process.env.LOOP_DELAY_FILE;
if (isMainThread && file) {
  let due = performance.now() + EVERY_MS;
  const delays = [];
  const look = () => {
    const now = performance.now();
    delays.push(Math.max(0, Math.round((now - due) * 1000) / 1000));
    if (delays.length % WRITE_EVERY === 0) {
      writeFileSync(`${file}.new`, JSON.stringify(delays));
      renameSync(`${file}.new`, file);
    }
    due = performance.now() + EVERY_MS;
    setTimeout(look, EVERY_MS).unref();
  };
  setTimeout(look, EVERY_MS).unref();
}
