// A loopback API on a thread of its own, so that the instant at which a request arrives is not blurred by whatever else
// the measuring process is busy with. It speaks just enough HTTP/1.1 for GET: a full server would take a fifth of the two
// cores that the engine is to be measured on.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

const END_OF_HEAD = '\r\n\r\n';

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
  const arrivals = [];
  const server = createServer({ noDelay: true }, (socket) =>
    serve(socket, answerOf(json), arrivals),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  parentPort.postMessage({ url: `http://127.0.0.1:${server.address().port}` });
  parentPort.on('message', () => parentPort.postMessage(arrivals.splice(0)));
}

function answerOf(json) {
  const head = [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(json)}`,
    'connection: keep-alive',
    'keep-alive: timeout=60',
  ];
  return Buffer.from(`${head.join('\r\n')}${END_OF_HEAD}${json}`);
}

function serve(socket, answer, arrivals) {
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('error', () => undefined);
  socket.on('data', (text) => {
    rest += text;
    for (let end = rest.indexOf(END_OF_HEAD); end >= 0; end = rest.indexOf(END_OF_HEAD)) {
      const [, url] = rest.split(' ', 2);
      rest = rest.slice(end + END_OF_HEAD.length);
      arrivals.push({ at: performance.timeOrigin + performance.now(), url });
      socket.write(answer);
    }
  });
}
