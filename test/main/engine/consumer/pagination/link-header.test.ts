import { expect, it } from 'vitest';
import { nextLink } from '../../../../../src/main/engine/consumer/pagination/link-header.ts';

it.each([
  ['<https://a.example/?page=2>; rel="next"', 'https://a.example/?page=2'],
  ['<a>;rel=next', 'a'],
  ['<a>; REL = "Next"', 'a'],
  ['<a>; rel="prev", <b>; rel="next"', 'b'],
  ['<a>; title="x, <y>; rel=next"; rel=prev, <b>; rel="last next"', 'b'],
  ['<https://a.example/?q=1,2;3>; rel="next"', 'https://a.example/?q=1,2;3'],
  ['<a>; rel="nextish"', null],
  ['<a>; anchor="#x"; rel=prev; rel=next', null],
  ['<a>', null],
  ['', null],
  ['rel="next"', null],
])('%s leads to %s', (header, target) => {
  expect(nextLink(header)).toBe(target);
});

it('is not slow on a hostile header', () => {
  const started = performance.now();
  nextLink(`<a>${'; x="\\'.repeat(5000)}`);
  nextLink(`<a>${'; x'.repeat(5000)}!`);
  nextLink('<'.repeat(16_000));
  expect(performance.now() - started).toBeLessThan(1000);
});
