import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { request } from 'undici';
import { afterEach, expect, it } from 'vitest';
import { Sockets } from '../../../../../src/main/engine/consumer/http/sockets.ts';
import { startApiServer } from '../../../../support/api-server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Listens and never accepts: when the queue is full, the system drops whoever else wants to connect. */
const NEVER_ACCEPTS = `
  const { parentPort, workerData } = require('node:worker_threads');
  require('node:net').createServer().listen({ ...workerData, backlog: 1 }, () => {
    parentPort.postMessage('listening');
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  }).on('error', (error) => parentPort.postMessage(error.message));
`;

/** An address at which connecting takes for ever. */
async function blackHole(host: string, port: number): Promise<string> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true, workerData: { host, port } });
  closing.push(() => worker.terminate());
  const [state] = (await once(worker, 'message')) as [string];
  if (state !== 'listening') return state;
  const sockets: Socket[] = [];
  closing.push(() => sockets.forEach((socket) => socket.destroy()));
  // The queue is full when one of them is not let in at once.
  for (let count = 0; count < 16; count++) {
    const socket = connect({ host, port }).on('error', () => undefined);
    sockets.push(socket);
    const isIn = once(socket, 'connect').then(() => true);
    const isLate = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 200));
    if (!(await Promise.race([isIn, isLate]))) return state;
  }
  return 'The queue of the listening socket never fills here.';
}

it('reaches a name by its second address when the first one swallows everything', async (test) => {
  const api = await startApiServer(() => ({ body: [{ id: 1 }] }));
  const { port } = new URL(api.origin);
  const state = await blackHole('::1', Number(port));
  test.skip(state !== 'listening', `No black hole can be made here: ${state}`);
  const sockets = new Sockets({}, (_name, _options, callback) =>
    callback(null, [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]),
  );
  closing.push(() => sockets.close());
  const origin = `http://api.test:${port}`;
  const options = { origin, connectMs: 10_000, isDeclaredHost: true, authority: null };
  const { statusCode, body } = await request(`${origin}/items`, {
    dispatcher: sockets.to(options).dispatcher,
  });
  expect(statusCode).toBe(200);
  expect(await body.json()).toEqual([{ id: 1 }]);
});
