import { expect, it } from 'vitest';
import { nameOfAddress } from '../../src/shared/name-of-address.ts';

it.each([
  ['https://api.example.com/v1/items', 'api.example.com items'],
  ['https://api.example.com/v1/items?page=1&q=a/b', 'api.example.com items'],
  ['https://api.example.com?page=1', 'api.example.com'],
  ['http://127.0.0.1:8080/', '127.0.0.1:8080'],
  ['https://api.example.com/{{ input.shop }}/orders/{id}', 'api.example.com orders'],
  [' https://api.example.com/items#top', 'api.example.com items'],
  ['ftp://elsewhere', 'API'],
])('%s is called %s', (address, name) => {
  expect(nameOfAddress(address)).toBe(name);
});

it('is no longer than a name may be', () => {
  expect(nameOfAddress(`https://api.example.com/${'x'.repeat(500)}`)).toHaveLength(200);
});
