// A loopback API on a thread of its own, so that the instant at which a request arrives is not blurred by whatever else
// the measuring process is busy with. It speaks just enough HTTP for GET: an API is another machine's work, and here
// it takes what it needs from the cores that are measured.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

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

const END_OF_HEADERS = '\r\n\r\n';

function answerAll(json, arrivals) {
  const answer = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
  return createServer({ noDelay: true }, (socket) => {
    let heard = '';
    socket.on('data', (chunk) => {
      const at = performance.timeOrigin + performance.now();
      heard += chunk.latin1Slice();
      for (let end; (end = heard.indexOf(END_OF_HEADERS)) >= 0;) {
        arrivals.push({ at, url: heard.slice(heard.indexOf(' ') + 1, heard.indexOf(' HTTP/')) });
        heard = heard.slice(end + END_OF_HEADERS.length);
        socket.write(answer);
      }
    });
    // An engine that is killed closes its connections as it pleases.
    socket.on('error', () => socket.destroy());
  });
}

if (!isMainThread) {
  const [{ json }] = await once(parentPort, 'message');
  const arrivals = [];
  const server = answerAll(json, arrivals);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  parentPort.postMessage({ url: `http://127.0.0.1:${server.address().port}` });
  parentPort.on('message', () => parentPort.postMessage(arrivals.splice(0)));
}
