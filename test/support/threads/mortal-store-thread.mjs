// The store's thread, which dies when the test says so on the channel that bears its home's name.
import { BroadcastChannel, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel(`mortal-store ${workerData.home}`);
channel.onmessage = () => process.exit(5);
channel.unref();

await import('../../../dist/main/store-thread.js');
