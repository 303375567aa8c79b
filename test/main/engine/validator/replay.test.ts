import { describe, expect, it } from 'vitest';
import { preparePlan, processPage } from '../../../../src/main/engine/validator/page.ts';
import { replay } from '../../../../src/main/engine/validator/replay.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { sampleIntegration } from '../../../support/sample-integration.ts';
import { readBatch } from './read-batch.ts';

const clock = new ManualClock();
const typed = (type: string) => ({ properties: { price: { type } } });

describe('replay', () => {
  it('turns refused records into what their page would give under the new rules', () => {
    const body = '{"items":[{"id":9007199254740993,"price":"1.0"},{"id":2,"price":2.50}]}';
    const input = { key: ['id'], records: { path: '$.items[*]' } };
    const strict = preparePlan(sampleIntegration({ ...input, schema: typed('boolean') }));
    const loose = preparePlan(sampleIntegration({ ...input, schema: typed('string') }));
    const request = {
      body: Buffer.from(body),
      contentType: null,
      page: 1,
      extract: [],
      sample: null,
    };
    const { quarantine } = processPage({ ...request, rules: strict }, clock);
    const items = quarantine.map(({ raw, reason }, index) => ({ id: `q${index}`, raw, reason }));

    const result = replay({ rules: loose, items }, clock);

    const wanted = processPage({ ...request, rules: loose }, clock);
    expect(readBatch(result.page.batch)).toEqual(readBatch(wanted.batch));
    expect(result.page.quarantine).toEqual(wanted.quarantine);
    expect(result.acceptedIds).toEqual(['q0']);
    expect(result.stillInvalidIds).toEqual(['q1']);
  });

  it('does not let one bad record spoil the others', () => {
    const rules = preparePlan(
      sampleIntegration({ key: ['id'], invalid: { action: 'fail', maxPercent: null } }),
    );
    const items = [
      { id: 'a', reason: 'key' as const, raw: '{}' },
      { id: 'b', reason: 'schema' as const, raw: '{"id":1}' },
    ];
    const result = replay({ rules, items }, clock);
    expect(result).toMatchObject({ acceptedIds: ['b'], stillInvalidIds: ['a'] });
  });

  it('leaves records of which only the beginning was kept', () => {
    const rules = preparePlan(sampleIntegration());
    const items = [{ id: 'a', reason: 'size' as const, raw: '"{\\"id\\":1"' }];
    const result = replay({ rules, items }, clock);
    expect(result).toMatchObject({ acceptedIds: [], stillInvalidIds: ['a'] });
    expect(result.page.batch).toBeNull();
  });

  it('accepts nothing while the rules cannot be used', () => {
    const rules = preparePlan(sampleIntegration({ schema: { type: 'nonsense' } }));
    const items = [{ id: 'a', reason: 'schema' as const, raw: '{}' }];
    const result = replay({ rules, items }, clock);
    expect(result.stillInvalidIds).toEqual(['a']);
    expect(result.page.error).toMatchObject({ kind: 'config' });
  });

  it('takes a record that is as deep as a page allows', () => {
    const rules = preparePlan(sampleIntegration({ limits: { maxDepth: 3 } }));
    const items = [{ id: 'a', reason: 'schema' as const, raw: '{"a":{"b":{}}}' }];
    expect(replay({ rules, items }, clock).acceptedIds).toEqual(['a']);
  });
});
