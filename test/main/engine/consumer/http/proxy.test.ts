import { expect, it } from 'vitest';
import { proxyFor, type Environment } from '../../../../../src/main/engine/consumer/http/proxy.ts';

const both = { HTTP_PROXY: 'http://proxy:3128', HTTPS_PROXY: 'http://secure-proxy:3128' };

it.each<[string, string, Environment, string | null]>([
  ['http', 'http://api.example.com', both, 'http://proxy:3128'],
  ['https', 'https://api.example.com', both, 'http://secure-proxy:3128'],
  [
    'small letters first',
    'http://a.b',
    { ...both, http_proxy: 'http://small:1' },
    'http://small:1',
  ],
  ['for all', 'https://a.b', { ALL_PROXY: 'http://all:1' }, 'http://all:1'],
  ['nothing said', 'https://a.b', {}, null],
  ['nonsense said', 'https://a.b', { https_proxy: 'nonsense' }, null],
  ['this machine', 'http://localhost:8080', both, null],
  ['this machine by number', 'http://127.0.0.1:8080', both, null],
  ['this machine by IPv6', 'http://[::1]:8080', both, null],
  ['excluded by name', 'http://api.example.com', { ...both, NO_PROXY: 'x, api.example.com' }, null],
  [
    'excluded with all below',
    'http://a.b.example.com',
    { ...both, NO_PROXY: '.example.com' },
    null,
  ],
  ['excluded with a star', 'http://b.example.com', { ...both, NO_PROXY: '*.example.com' }, null],
  [
    'not excluded by a common end',
    'http://badexample.com',
    { ...both, NO_PROXY: 'example.com' },
    'http://proxy:3128',
  ],
  ['excluded with its port', 'http://a.b:8080', { ...both, NO_PROXY: 'a.b:8080' }, null],
  [
    'not excluded with another port',
    'http://a.b',
    { ...both, NO_PROXY: 'a.b:8080' },
    'http://proxy:3128',
  ],
  ['everything excluded', 'http://a.b', { ...both, NO_PROXY: '*' }, null],
])('%s', (_name, origin, environment, proxy) => {
  expect(proxyFor(new URL(origin), environment)).toBe(proxy);
});
