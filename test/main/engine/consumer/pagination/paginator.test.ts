import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPaginator,
  splitProblem,
} from '../../../../../src/main/engine/consumer/pagination/create-paginator.ts';
import type { PageFacts } from '../../../../../src/main/engine/consumer/pagination/paginator.ts';
import { SafetyNet } from '../../../../../src/main/engine/consumer/pagination/safety-net.ts';
import { paginationSchema, type Pagination } from '../../../../../src/shared/integration.ts';
import type { JsonValue } from '../../../../../src/shared/values.ts';

const declared = (pagination: object): Pagination => paginationSchema.parse(pagination);

const KINDS: readonly Pagination[] = [
  declared({ kind: 'none' }),
  declared({ kind: 'page-number' }),
  declared({ kind: 'page-number', startAt: 0, totalPagesPath: '$.pages' }),
  declared({ kind: 'offset', sizeParameter: 'limit', size: 10 }),
  declared({ kind: 'cursor-body', path: '$.next' }),
  declared({ kind: 'cursor-header', header: 'X-Next' }),
  declared({ kind: 'next-url-body', path: '$.next' }),
  declared({ kind: 'link-header' }),
];

const facts = (more: Partial<PageFacts> = {}): PageFacts => ({
  token: null,
  url: 'https://api.example.com/items?page=1',
  received: 1,
  headers: {},
  extracted: {},
  ...more,
});

describe('the next page', () => {
  it.each<[string, Pagination, Partial<PageFacts>, unknown]>([
    ['none ends', KINDS[0]!, {}, 'end'],
    ['a page number grows by one', KINDS[1]!, { token: 4 }, 5],
    ['a page number ends at an empty page', KINDS[1]!, { token: 4, received: 0 }, 'end'],
    [
      'a page number ends at the total, counted from its start',
      KINDS[2]!,
      { token: 2, extracted: { '$.pages': 3 } },
      'end',
    ],
    ['a total may be a text', KINDS[2]!, { token: 1, extracted: { '$.pages': '3' } }, 2],
    [
      'a total that is none is ignored',
      KINDS[2]!,
      { token: 7, extracted: { '$.pages': 'many' } },
      8,
    ],
    ['an offset grows by what came', KINDS[3]!, { token: 20, received: 7 }, 27],
    ['a cursor may be a number', KINDS[4]!, { extracted: { '$.next': 7 } }, 7],
    ['a cursor that is null ends', KINDS[4]!, { extracted: { '$.next': null } }, 'end'],
    ['a cursor that is empty ends', KINDS[4]!, { extracted: { '$.next': '' } }, 'end'],
    ['a cursor that is false ends', KINDS[4]!, { extracted: { '$.next': false } }, 'end'],
    ['a cursor that is missing ends', KINDS[4]!, {}, 'end'],
    [
      'a cursor that is an object is unclear',
      KINDS[4]!,
      { extracted: { '$.next': {} } },
      'unclear',
    ],
    ['a header gives a cursor', KINDS[5]!, { headers: { 'x-next': 'c2' } }, 'c2'],
    [
      'a next address may be relative',
      KINDS[6]!,
      { extracted: { '$.next': '?page=2' } },
      'https://api.example.com/items?page=2',
    ],
    [
      'a next address that is none is unclear',
      KINDS[6]!,
      { extracted: { '$.next': 'http://[' } },
      'unclear',
    ],
    [
      'a link may be one of several headers',
      KINDS[7]!,
      { headers: { link: ['<a>; rel=prev', '<b>; rel=next'] } },
      'https://api.example.com/b',
    ],
  ])('%s', (_name, pagination, more, expected) => {
    const next = createPaginator(pagination).next(facts(more));
    expect(next.kind === 'next' ? next.token : next.kind).toBe(expected);
  });
});

describe('a share of the pages', () => {
  it('of numbered pages and offsets, together, is all of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (instances, kind) => {
          const pagination = kind > 2 ? KINDS[1]! : KINDS[3]!;
          const read = Array.from({ length: instances }, (_, index) => {
            const paginator = createPaginator(pagination, { instance: index + 1, instances });
            const tokens = [Number(paginator.first)];
            for (let count = 0; count < 5; count++) {
              const next = paginator.next(facts({ token: tokens.at(-1)!, received: 3 }));
              if (next.kind === 'next') tokens.push(Number(next.token));
            }
            return tokens;
          })
            .flat()
            .sort((a, b) => a - b);
          const [start, step] = kind > 2 ? [1, 1] : [0, 10];
          expect(read).toEqual(read.map((_, index) => start + index * step));
        },
      ),
    );
  });

  it('exists for page numbers, and for offsets with a size', () => {
    expect(KINDS.map((kind) => splitProblem(kind) === null)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(splitProblem(declared({ kind: 'offset' }))?.message).toContain('size is given');
  });
});

describe('a read', () => {
  /** Whatever an API may put where the next page is told. */
  const told = fc.oneof(
    fc.constantFrom<JsonValue>(null, '', 'a', 'b', '?page=2', '?page=3', 'http://[', false, true),
    fc.integer({ min: 0, max: 5 }),
    fc.string({ maxLength: 3 }),
  );
  const page = fc.record({
    received: fc.integer({ min: 0, max: 2 }),
    next: told,
    print: fc.constantFrom('x', 'y', 'z', null),
  });
  const server = fc.infiniteStream(page);

  it('ends for every kind of pagination and any server, within the pages allowed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        server,
        fc.integer({ min: 1, max: 60 }),
        (kind, pages, maxPages) => {
          const paginator = createPaginator(kind);
          const net = new SafetyNet(maxPages, null);
          let token = paginator.first;
          let read = 0;
          for (const { received, next: value, print } of pages) {
            read++;
            const text = typeof value === 'string' ? value : JSON.stringify(value);
            const judged = { pages: read, token, received, fingerprint: print };
            if (net.isRepeated(judged)) break;
            const headers = { 'x-next': text, link: `<${text}>; rel=next` };
            const extracted = { '$.next': value, '$.pages': value };
            const next = paginator.next(facts({ token, received, headers, extracted }));
            const verdict = net.judge(judged, next);
            if (verdict.kind !== 'next') break;
            ({ token } = verdict);
            if (read > maxPages) break;
          }
          expect(read).toBeLessThanOrEqual(maxPages);
        },
      ),
    );
  });

  it('that is taken up again still sees that its first page is the one before', () => {
    const net = new SafetyNet(10, 'same');
    expect(net.isRepeated({ pages: 2, token: 2, received: 1, fingerprint: 'same' })).toBe(true);
  });
});
