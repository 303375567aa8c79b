import fc from 'fast-check';
import { query } from 'jsonpath-rfc9535';
import { describe, expect, it } from 'vitest';
import {
  compilePath,
  selectPlaces,
  valueAt,
} from '../../../../src/main/engine/validator/json-path.ts';
import type { JsonValue } from '../../../../src/shared/values.ts';

function select(path: string, tree: JsonValue): (JsonValue | undefined)[] {
  return selectPlaces(compilePath(path), tree).map((place) => valueAt(tree, place));
}

describe('a JSONPath', () => {
  it.each(['$', '$.a.b[*]', '$[*]', "$['a b'].c", '$[0].x', '$.a[-1]', '$.*', '$["a"]'])(
    '%s is walked directly',
    (path) => expect(compilePath(path).kind).toBe('simple'),
  );

  it.each(['$..a', '$.a[?@.b>1]', '$.a[0:2]', "$['a','b']", '$[?length(@.a)>1]', '$..[*]'])(
    '%s is left to the library',
    (path) => expect(compilePath(path).kind).toBe('full'),
  );

  it.each([
    '',
    'a',
    'items[*]',
    '$.',
    '$[',
    '$.items[?]',
    '$ .a ',
    '$.a[01]',
    '$[?foo(@)]',
    '$[?length(@.a, 1) > 1]',
    '$[?!toString(@)]',
  ])('%j is refused with a sentence', (path) =>
    expect(() => compilePath(path)).toThrow(/is not a JSONPath/),
  );

  it('that is simple selects what the library selects', () => {
    const key = fc.constantFrom('a', 'b', 'c d', '__proto__', 'constructor', "it's", '\u0001');
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'medium' },
        fc.integer(),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc
          .uniqueArray(fc.tuple(key, tie('tree')), { selector: ([name]) => name, maxLength: 4 })
          .map((members) => JSON.parse(objectText(members)) as JsonValue),
      ),
    }));
    const step = fc.oneof(
      key.map((name) => `[${JSON.stringify(name)}]`),
      fc.integer({ min: -2, max: 2 }).map((index) => `[${index}]`),
      fc.constant('[*]'),
    );
    const path = fc.array(step, { maxLength: 4 }).map((steps) => `$${steps.join('')}`);
    fc.assert(
      fc.property(tree, path, (value, text) => {
        expect(select(text, value)).toEqual(query(value as never, text));
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the places of what the library selects, whatever the keys', () => {
    const tree = { "it's": [{ '\\': { '\u0001\n': 5 } }], 'a"b': 6 };
    expect(select('$..[?@>4]', tree)).toEqual([6, 5]);
  });

  it('never leads to what an object merely inherits', () => {
    for (const path of ['$.constructor', '$.__proto__', '$.a.length', '$..constructor'])
      expect(select(path, { a: [1] })).toEqual([]);
  });
});

function objectText(members: readonly (readonly [string, JsonValue])[]): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
