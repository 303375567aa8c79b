import { describe, expect, it } from 'vitest';
import { readItems } from '../../../../src/main/engine/commands/config-document.ts';
import { slug } from '../../../../src/main/engine/jobs/slug.ts';

const integration = (more: object = {}) => ({
  id: 'coins',
  name: 'Coins',
  request: { url: 'https://api.example.com/coins' },
  ...more,
});
const job = (id: string, more: object = {}) => ({ id, name: id, integrationId: 'coins', ...more });

describe('a document of configuration', () => {
  it('of a newer program is refused with a sentence, whatever else it holds', () => {
    expect(() => readItems({ version: 2, workflows: [{}] }, slug)).toThrow(
      'version: This document has version 2, which a newer Pontual wrote; this one reads up to 1.',
    );
  });

  it.each([
    [{ version: 1, jobs: {} }, 'jobs: A list is needed.'],
    [{ version: 1, job: [] }, 'job: There is no such part'],
  ])('of another shape is refused whole: %j', (document, message) => {
    expect(() => readItems(document, slug)).toThrow(message);
  });

  it('is judged item by item: one that is wrong costs itself only', () => {
    const { integrations } = readItems(
      {
        version: 1,
        integrations: [
          integration({ keys: ['id'], request: {} }),
          { name: 5 },
          integration(),
          integration(),
        ],
      },
      slug,
    );
    expect(integrations).toMatchObject([
      { kind: 'refused', id: 'coins' },
      { kind: 'refused', id: '#2' },
      { kind: 'draft', id: 'coins', draft: { concurrency: 8 } },
      { kind: 'refused', id: 'coins', why: { message: 'An item before it has the same id.' } },
    ]);
    expect(integrations[0]).toMatchObject({
      why: {
        message: expect.stringContaining('keys: This field is not known.') as string,
        says: expect.objectContaining({ key: 'together' }) as object,
      },
    });
  });

  it('gives an item without an id the same id each time', () => {
    const document = { version: 1, jobs: [{ name: 'Preços do Dólar', integrationId: 'coins' }] };
    for (let time = 0; time < 2; time++)
      expect(readItems(document, slug).jobs).toMatchObject([
        { kind: 'draft', id: 'precos-do-dolar', draft: { id: 'precos-do-dolar' } },
      ]);
  });

  it('takes jobs after those that they wait for, and circles as they stand', () => {
    const jobs = [
      job('c', { after: ['b'] }),
      job('b', { after: ['a', 'elsewhere'] }),
      job('a'),
      job('x', { after: ['y'] }),
      job('y', { after: ['x'] }),
    ];
    const order = readItems({ version: 1, jobs }, slug).jobs.map(({ id }) => id);
    expect(order.slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(order.slice(3).sort()).toEqual(['x', 'y']);
  });
});
