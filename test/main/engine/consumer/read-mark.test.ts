import { describe, expect, it } from 'vitest';
import { ReadMark } from '../../../../src/main/engine/consumer/read-mark.ts';
import type { Incremental } from '../../../../src/main/engine/consumer/incremental.ts';
import { compareMarks } from '../../../../src/main/engine/validator/watermark.ts';

const incremental: Incremental = {
  field: 'updated_at',
  parameter: 'since',
  in: 'query',
  initial: null,
  overlapMs: 0,
  format: 'iso',
};
const older = '2026-01-01T00:00:00Z';
const newer = '2026-02-01T00:00:00Z';

const after = (watermark: string | null, ...seen: readonly (string | null)[]) => {
  const mark = new ReadMark(incremental, null, watermark, compareMarks);
  for (const one of seen) mark.raise(one);
  return mark;
};

describe('the mark of an incremental read', () => {
  it('is the greatest value that was seen', () => {
    expect(after(null, older, null, newer, older).greatest).toBe(newer);
    expect(after(null, null).greatest).toBeNull();
  });

  it('moves the watermark forward only', () => {
    expect(after(older, newer).moved).toBe(newer);
    expect(after(newer, older).moved).toBe(newer);
    expect(after(newer).moved).toBeNull();
  });

  it('says so when everything that came is older than what came before', () => {
    expect(after(newer, older).regression?.message).toContain(
      `is ${older}, but an earlier read had ${newer}`,
    );
    expect(after(older, newer).regression).toBeNull();
    expect(after(null, older).regression).toBeNull();
    expect(after(newer).regression).toBeNull();
  });

  it('does not exist where nothing is read incrementally', () => {
    const mark = new ReadMark(null, null, null, compareMarks);
    mark.raise(newer);
    expect([mark.greatest, mark.moved, mark.regression]).toEqual([null, null, null]);
  });
});
