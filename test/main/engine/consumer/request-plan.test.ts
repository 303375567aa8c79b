import { describe, expect, it } from 'vitest';
import { literalOrigin, setQuery } from '../../../../src/main/engine/consumer/address-part.ts';
import {
  NO_EXTRA,
  planRequest,
  type ExtraParameters,
} from '../../../../src/main/engine/consumer/request-plan.ts';
import type { IntegrationInput } from '../../../../src/shared/integration.ts';
import { sampleTemplate } from '../../../support/network-driver.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';

const URL_ = 'https://api.example.com/items';

function render(
  request: Partial<IntegrationInput['request']>,
  extra: Partial<ExtraParameters> = {},
  input: Record<string, string> = {},
) {
  const plan = planRequest(sampleIntegration({ request: { url: URL_, ...request } }));
  const rendered = plan.render(
    { ...sampleTemplate, input },
    Object.keys(extra).length === 0 ? NO_EXTRA : { ...NO_EXTRA, ...extra },
  );
  if (!rendered.ok) return { error: rendered.error };
  return { ...rendered.request, url: rendered.request.target.href };
}

describe('the address', () => {
  it.each<[string, Partial<IntegrationInput['request']>, Record<string, string>, string]>([
    ['keeps what is written', { url: `${URL_}?a=%20&b` }, {}, `${URL_}?a=%20&b`],
    [
      'gets its query encoded',
      { query: { 'filter[a]': 'x y&z=1' } },
      {},
      `${URL_}?filter%5Ba%5D=x%20y%26z%3D1`,
    ],
    [
      'leaves empty parameters out',
      { query: { a: '{{ lastSuccess }}', b: '1' } },
      {},
      `${URL_}?b=1`,
    ],
    ['loses its fragment', { url: `${URL_}#part` }, {}, URL_],
    [
      'cannot get another host from a value',
      { url: 'https://api.example.com/{{ input.p }}' },
      { p: '../..@evil/' },
      'https://api.example.com/..%2F..%40evil%2F',
    ],
    [
      'may be a template as a whole',
      { url: '{{ input.u }}' },
      { u: 'https://b.example/x?y=z' },
      'https://b.example/x?y=z',
    ],
  ])('%s', (_name, request, input, url) => {
    expect(render(request, {}, input)).toMatchObject({ url });
  });

  it.each([
    ['ftp://x/', 'http: or https:'],
    ['nothing', 'not a URL'],
    ['https://me:pw@x/', 'credentials'],
  ])('%s is refused when a template renders it', (address, why) => {
    expect(render({ url: '{{ input.u }}' }, {}, { u: address })).toMatchObject({
      error: { code: 'bad-template', kind: 'config', message: expect.stringContaining(why) },
    });
  });

  it('gets paging parameters in the place of its own', () => {
    const url = new URL('https://x.example/?page=9&a=1&p%61ge=8');
    setQuery(url, [['page', '2']]);
    expect(url.href).toBe('https://x.example/?a=1&page=2');
    setQuery(url, [['a', '']]);
    expect(url.href).toBe('https://x.example/?page=2');
  });

  it('that the API gave is taken as it is', () => {
    const address = 'https://other.example/next?c=1';
    expect(render({ query: { a: '1' } }, { address })).toMatchObject({ url: address });
  });

  it.each([
    ['https://api.example.com/items', 'https://api.example.com'],
    ['https://API.example.com:443/{{ input.x }}', 'https://api.example.com'],
    ['https://api.example.com?x={{ now }}', 'https://api.example.com'],
    ['https://{{ input.host }}/x', null],
    ['https://api.example.com{{ input.x }}', null],
    ['https://api.example.com:{{ input.port }}/', null],
    ['{{ input.url }}', null],
    ['not an address', null],
  ])('%s has the origin %s whatever its templates render', (address, origin) => {
    expect(literalOrigin(address)).toBe(origin);
  });
});

describe('the body', () => {
  it.each<[string, Partial<IntegrationInput['request']>, string | null, string | undefined]>([
    ['is nothing', {}, null, undefined],
    [
      'is JSON',
      { body: { a: ['{{ instance }}', 2, null] } },
      '{"a":["1",2,null]}',
      'application/json',
    ],
    ['is a template of JSON', { body: '{"a": {{ instance }}}' }, '{"a": 1}', 'application/json'],
    ['is text', { body: 'hello {{ job.id }}' }, 'hello sample-job', 'text/plain; charset=utf-8'],
    [
      'is a form',
      {
        body: { a: 'x y', b: ['1', '2'], c: null },
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      },
      'a=x+y&b=1&b=2',
      'application/x-www-form-urlencoded',
    ],
    [
      'has the type that is written',
      { body: '<a/>', headers: { 'content-TYPE': 'text/xml' } },
      '<a/>',
      'text/xml',
    ],
  ])('%s', (_name, request, body, type) => {
    const rendered = render({ method: 'POST', ...request });
    expect(rendered).toMatchObject({ body });
    expect('headers' in rendered && rendered.headers['content-type']).toBe(type);
  });

  it('cannot be broken by a value', () => {
    const { body } = render(
      { method: 'POST', body: { a: '{{ input.x }}' } },
      {},
      { x: '","b":"c\n' },
    ) as { body: string };
    expect(JSON.parse(body)).toEqual({ a: '","b":"c\n' });
  });

  it('takes the incremental field at its top', () => {
    const extra = { body: { since: 5 } };
    const bodyOf = (body: IntegrationInput['request']['body']) =>
      render({ method: 'POST', body }, extra);
    expect(bodyOf({ a: 1 })).toMatchObject({ body: '{"a":1,"since":5}' });
    expect(bodyOf('{"a":1}')).toMatchObject({ body: '{"a":1,"since":5}' });
    expect(bodyOf(null)).toMatchObject({ body: '{"since":5}' });
    expect(bodyOf([1])).toMatchObject({ error: { kind: 'config' } });
  });
});

it('makes the same request only once', () => {
  const plan = planRequest(sampleIntegration());
  expect(plan.render(sampleTemplate, NO_EXTRA)).toBe(plan.render({}, NO_EXTRA));
});
