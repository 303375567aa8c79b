// A loopback API on a thread of its own, so that the instant at which a request arrives is not blurred by whatever else
// the measuring process is busy with.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { startApi } from './loopback-api.mjs';

/** Every answer is the given JSON text. */
export async function startApiThread(json) {
  const worker = new Worker(new URL(import.meta.url));
  worker.postMessage({ json });
  const [{ url }] = await once(worker, 'message');
  return {
    url,
    /** What arrived since the last time, and forgets it. */
    takeArrivals: async () => {
      worker.postMessage('take');
      const [arrivals] = await once(worker, 'message');
      return arrivals;
    },
    stop: () => worker.terminate(),
  };
}

if (!isMainThread) {
  const [{ json }] = await once(parentPort, 'message');
  const api = await startApi((_url, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(json);
  });
  parentPort.postMessage({ url: api.url });
  parentPort.on('message', () => parentPort.postMessage(api.arrivals.splice(0)));
}
