import { parentPort } from 'node:worker_threads';

await import(new URL('../../../dist/main/network-thread.js', import.meta.url).href);

// The real network thread, but an attempt whose input says so hangs it the first time, as a loop without end in a
// template or a parser would.
parentPort.on('message', (messages) => {
  for (const { type, request } of messages)
    if (type === 'start' && request.template.input.hang && request.attempt === 1)
      for (;;) Math.random();
});
