import { describe, expect, it } from 'vitest';
import { KnownValidators } from '../../../../src/main/engine/store/known-validators.ts';
import type {
  Op,
  OpResults,
  PageOp,
  PageValidator,
} from '../../../../src/main/engine/store/ops.ts';

const validator: PageValidator = {
  page: 1,
  url: 'https://api.example.com/coins',
  etag: '"1"',
  lastModified: null,
  bodyHash: '00',
  next: null,
  records: 2,
  invalid: 0,
};

function page(runId: string, number = 1, own: PageValidator | null = validator): PageOp {
  return {
    kind: 'page.put',
    runId,
    integrationId: 'coins',
    page: number,
    validator: own,
  } as Partial<PageOp> as PageOp;
}

function complete(runId: string, more: Partial<Extract<Op, { kind: 'read.complete' }>> = {}): Op {
  return {
    kind: 'read.complete',
    runIds: [runId],
    jobId: 'hourly',
    integrationId: 'coins',
    at: 0,
    markVanished: false,
    keepValidators: true,
    watermark: null,
    ...more,
  };
}

const put = (writes: number) => ({ writes }) as OpResults['page.put'];
const ended = (writes: number) => ({ vanished: 0, heldBack: null, writes });

function afterOneRead() {
  const known = new KnownValidators();
  known.learn([page('a'), complete('a')], [put(3), ended(3)]);
  return known;
}

describe('what is known of the last read', () => {
  it('is nothing before there was one', () => {
    expect(new KnownValidators().find('hourly', 'coins')).toBeUndefined();
  });

  it('is the validator of a read of one page', () => {
    expect(afterOneRead().find('hourly', 'coins')).toEqual([validator]);
  });

  it('is that there is none, when the page had none', () => {
    const known = new KnownValidators();
    known.learn([page('a', 1, null), complete('a')], [put(3), ended(3)]);
    expect(known.find('hourly', 'coins')).toEqual([]);
  });

  it('belongs to its job and its integration', () => {
    const known = afterOneRead();
    expect(known.find('daily', 'coins')).toBeUndefined();
    expect(known.find('hourly', 'prices')).toBeUndefined();
  });

  it('is left to the database for a read of several pages, and for one that keeps nothing', () => {
    const longer = afterOneRead();
    longer.learn([page('b', 2), complete('b')], [put(3), ended(3)]);
    expect(longer.find('hourly', 'coins')).toBeUndefined();
    const unkept = new KnownValidators();
    unkept.learn([page('a'), complete('a', { keepValidators: false })], [put(3), ended(3)]);
    expect(unkept.find('hourly', 'coins')).toBeUndefined();
  });

  it('holds while nobody else writes, and no longer', () => {
    const known = afterOneRead();
    known.learn([page('b')], [put(3)]);
    expect(known.find('hourly', 'coins')).toEqual([validator]);
    known.learn([page('c')], [put(4)]);
    expect(known.find('hourly', 'coins')).toBeUndefined();
  });

  it.each<Op>([
    { kind: 'staging.promote', runId: 'a' },
    { kind: 'validators.drop', integrationId: 'coins' },
    { kind: 'quarantine.replay' } as Op,
    { kind: 'retention.slice' } as Op,
    { kind: 'integration.delete' } as Op,
    { kind: 'job.delete', id: 'hourly' },
  ])('is forgotten after $kind', (op) => {
    const known = afterOneRead();
    known.learn([op], [null]);
    expect(known.find('hourly', 'coins')).toBeUndefined();
  });

  it('stays when tidying took no records', () => {
    const known = afterOneRead();
    const slice = { kind: 'retention.slice' } as Op;
    known.learn([slice], [{ removed: 5, records: 0, more: false }]);
    expect(known.find('hourly', 'coins')).toEqual([validator]);
    known.learn([slice], [{ removed: 5, records: 1, more: false }]);
    expect(known.find('hourly', 'coins')).toBeUndefined();
  });

  it('is forgotten when it is not told what became of a page', () => {
    const known = afterOneRead();
    known.learn([page('b')], [null]);
    expect(known.find('hourly', 'coins')).toBeUndefined();
  });
});
