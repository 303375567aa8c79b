import { MessageChannel } from 'node:worker_threads';

const nowhere = new MessageChannel();
nowhere.port2.close();

/**
 * Gives the memory of a large buffer back at once: it is posted to nobody. Otherwise it would stay until the next garbage
 * collection, and a thread that has nothing more to do has none. The bytes are gone; they must have their buffer for
 * themselves.
 */
export function release(bytes: Uint8Array<ArrayBuffer>): void {
  nowhere.port1.postMessage(null, [bytes.buffer]);
}
