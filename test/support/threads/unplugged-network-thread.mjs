// The real network thread on a machine whose network comes and goes as the test says on the channel `network`.
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { BroadcastChannel } from 'node:worker_threads';

let isPluggedIn = true;
const channel = new BroadcastChannel('network');
channel.onmessage = ({ data }) => {
  isPluggedIn = data;
};
channel.unref();

/** @param {string} address @param {boolean} internal */
const card = (address, internal) => [
  { address, internal, netmask: '', family: 'IPv4', mac: '', cidr: null },
];
// @ts-expect-error the test's machine has no more than this
os.networkInterfaces = () => ({
  lo: card('127.0.0.1', true),
  ...(isPluggedIn ? { eth0: card('192.0.2.7', false) } : {}),
});

/**
 * @param {string} _name
 * @param {object} _options
 * @param {(error: Error | null, addresses: dns.LookupAddress[]) => void} callback
 */
const lookup = (_name, _options, callback) => {
  const unavailable = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' });
  if (isPluggedIn) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(unavailable, []);
};
// @ts-expect-error only the form that is used
dns.lookup = lookup;
syncBuiltinESMExports();

await import(new URL('../../../dist/main/network-thread.js', import.meta.url).href);
