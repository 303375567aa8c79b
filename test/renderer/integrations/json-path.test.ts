import { describe, expect, it } from 'vitest';
import { query } from 'jsonpath-rfc9535';
import { childPath } from '../../../src/renderer/integrations/json-path.ts';

describe('childPath', () => {
  it.each(['items', 'next-page', "it's", 'a\\b', 'ä b', '1st', '', '*', '$ref'])(
    'leads to the field %j by RFC 9535',
    (key) => {
      const data = { [key]: 'found', other: 'wrong' };
      expect(query(data, childPath('$', key))).toEqual(['found']);
    },
  );

  it('leads to the items of a list', () => {
    expect(query({ a: [1, 2] }, childPath(childPath('$', 'a'), 1))).toEqual([2]);
  });
});
