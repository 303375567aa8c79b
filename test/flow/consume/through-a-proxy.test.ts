import { afterEach, expect, it } from 'vitest';
import { rawAnswer, startFaultServer } from '../../support/fault-server.ts';
import { NetworkDriver } from '../../support/network-driver.ts';
import { sampleIntegration } from '../../support/sample-integration.ts';

afterEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) Reflect.deleteProperty(process.env, name);
});

/** The environment is read when the thread starts. */
async function through(proxy: string, url: string) {
  process.env['HTTP_PROXY'] = proxy;
  process.env['HTTPS_PROXY'] = proxy;
  const network = new NetworkDriver();
  try {
    return await network.read(sampleIntegration({ request: { url }, retry: { maxAttempts: 1 } }));
  } finally {
    await network.stop();
  }
}

it('asks the proxy for an http address, which it alone can look up', async () => {
  const proxy = await startFaultServer(({ socket }) => socket.end(rawAnswer('[{"id":1}]')));
  const { end } = await through(proxy.origin, 'http://api.company.invalid/items?a=b');
  expect(end.kind).toBe('complete');
  expect(proxy.bytes()).toMatch(/^GET http:\/\/api\.company\.invalid\/items\?a=b HTTP\/1\.1\r\n/);
});

it('opens a tunnel for an https address, and says when the proxy refuses', async () => {
  const proxy = await startFaultServer(({ socket }) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
  );
  const { end } = await through(proxy.origin, 'https://api.company.invalid/items');
  expect(end).toMatchObject({ kind: 'failed', error: { code: 'proxy-refused' } });
  expect(proxy.bytes()).toMatch(/^CONNECT api\.company\.invalid:443 HTTP\/1\.1\r\n/);
  expect(proxy.bytes()).not.toContain('/items');
});

it('does not ask the proxy for addresses that are never called', async () => {
  const proxy = await startFaultServer(({ socket }) => socket.end(rawAnswer('[]')));
  for (const url of ['http://169.254.169.254/', 'http://metadata.google.internal/'])
    expect((await through(proxy.origin, url)).end).toMatchObject({
      error: { code: 'address-refused' },
    });
  expect(proxy.requests).toEqual([]);
});
