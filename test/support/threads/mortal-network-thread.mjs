// Speaks the protocol of the network thread and dies on demand: the run's id says how.
import { parentPort } from 'node:worker_threads';

/** @type {string[]} */
const told = [];
const complete = { kind: 'complete', watermark: null, result: null, noData: false };

parentPort?.on('message', (messages) => {
  for (const message of messages) {
    told.push(message.type);
    if (message.type === 'stop') parentPort?.close();
    if (message.type === 'check')
      parentPort?.postMessage([{ type: 'checked', checkId: message.checkId, problems: [] }]);
    if (message.type === 'start') act(message.request);
  }
});

/** @param {{ attemptId: number, runId: string }} request */
function act({ attemptId, runId }) {
  switch (runId) {
    case 'exits':
      process.exit(5);
      break;
    case 'throws':
      throw new Error('thrown on purpose');
    case 'loops':
      for (;;);
    case 'tells':
      parentPort?.postMessage([
        { type: 'notice', level: 'info', message: told.join(' '), fields: {} },
        { type: 'end', attemptId, end: complete, cpuMs: 0 },
      ]);
      break;
    default:
      // Works on for ever.
      break;
  }
}
