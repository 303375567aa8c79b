// Commits pairs of settings through the store, many at a time, and prints the number of each pair that was acknowledged.
// It runs until it is killed. Usage: node committing-process.mjs STORE-CLIENT STORE-THREAD HOME FROM
const [client = '', thread = '', home = '', from = '0'] = process.argv.slice(2);
const WRITERS = 8;

const { openStore } = await import(client);
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(/** @type {number} */ delayMs, /** @type {() => void} */ callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const store = await openStore({ home, threadFile: new URL(thread), clock });

let next = Number(from);
async function write() {
  for (;;) {
    const number = next++;
    await store.commit([
      { kind: 'setting.put', name: `a${number}`, value: 1 },
      { kind: 'setting.put', name: `b${number}`, value: 1 },
    ]);
    process.stdout.write(`${number}\n`);
  }
}
// A checkpoint is under way now and then when the end comes.
async function snapshot() {
  for (;;) await store.checkpoint().catch(() => undefined);
}
await Promise.all([snapshot(), ...Array.from({ length: WRITERS }, write)]);
