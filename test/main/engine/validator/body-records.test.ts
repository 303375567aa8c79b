import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyRecords } from '../../../../src/main/engine/validator/body-records.ts';
import { exactText } from '../../../../src/main/engine/validator/exact-json.ts';
import { compilePath } from '../../../../src/main/engine/validator/json-path.ts';
import { openBody } from '../../../../src/main/engine/validator/parse-body.ts';
import { Refusal } from '../../../../src/main/engine/validator/refusal.ts';
import { jsonNode, type Node, spell } from './json-text.ts';

const ALWAYS = 0;
const NEVER = Infinity;

function read(text: string, path: string, extract: readonly string[], slicedFrom: number) {
  try {
    const body = openBody(Buffer.from(text), null, 1000);
    const records = bodyRecords(body, compilePath(path), extract, slicedFrom);
    const found: unknown[] = [];
    records.each(({ loose, exact }, index) =>
      found.push([index, loose, exactText(exact, body.mark)]),
    );
    const { count, isThere, extracted } = records;
    return { kind: 'read' as const, found, count, isThere, extracted };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { kind: 'refused' as const, code: thrown.error.code };
    throw thrown;
  }
}

function sameBothWays(text: string, path: string, extract: readonly string[] = []): void {
  expect(read(text, path, extract, ALWAYS)).toEqual(read(text, path, extract, NEVER));
}

/** Where records usually are, with other members around them. */
function envelope(list: readonly Node[], around: Node): [string, string] {
  const records = `[${list.map((one) => spell(one, true)).join(' ,\n')}]`;
  const other = spell(around);
  return [`{ "before":${other} ,"a":{"list" : ${records} , "x":${other}},"n":1.0}`, '$.a.list[*]'];
}

describe('a body read record by record', () => {
  it('gives what the body read as a whole gives', () => {
    fc.assert(
      fc.property(fc.array(jsonNode(), { maxLength: 5 }), jsonNode(), (list, around) => {
        const [text, path] = envelope(list, around);
        sameBothWays(text, path, ['$.n', '$.a.x', '$.gone']);
        sameBothWays(`[${list.map((one) => spell(one)).join(',')}]`, '$');
      }),
      { numRuns: 500 },
    );
  });

  it('is refused for the same bodies, wherever they are broken', () => {
    const body = '{"a":{"list":[{"id":1.0,"t":"]},{"},[2, 3]]},"n":[1]}';
    const broken = fc.record({
      at: fc.integer({ min: 0, max: body.length - 1 }),
      by: fc.constantFrom('', ',', ']', '}', '[', '{', '"', ':', '\\', '0', ' '),
    });
    fc.assert(
      fc.property(broken, ({ at, by }) => {
        const text = body.slice(0, at) + by + body.slice(at + 1);
        sameBothWays(text, '$.a.list[*]', ['$.n[0]']);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":[1],"a":[2,3]}', '$.a[*]'],
    ['{"a":[1],"a":5}', '$.a[*]'],
    ['{"\\u0061":[1,2]}', '$.a[*]'],
    ['{"a":{"a":[1]},"b":[2]}', '$.b'],
    ['{"a":[]}', '$.a[*]'],
    ['{"a":[ ]}', '$.a'],
    ['{"b":[1]}', '$.a[*]'],
    ['{"a":{"x":1,"y":2}}', '$.a[*]'],
    ['{"a":null}', '$.a'],
    ['{"a":[1,]}', '$.a[*]'],
    ['{"a":[,1]}', '$.a[*]'],
    ['{"a":[1 2]}', '$.a[*]'],
    ['{"a":[1]', '$.a[*]'],
    ['{"a":[1]}}', '$.a[*]'],
    ['{a:[1]}', '$.a[*]'],
    ['[]', '$'],
    ['[[1],[2]]', '$[*]'],
    ['{"é€":[{"ç":1.50}]}', '$["é€"][*]'],
  ])('%s at %s is read alike', (text, path) => {
    sameBothWays(text, path);
  });

  it('is read as a whole when the pagination looks into the records', () => {
    const text = '{"list":[{"id":1},{"id":2}],"next":"n"}';
    for (const path of ['$.list[-1].id', '$.list', '$..id', '$'])
      sameBothWays(text, '$.list[*]', [path]);
  });
});
