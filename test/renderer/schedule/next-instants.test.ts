import { describe, expect, it } from 'vitest';
import { nextInstants } from '../../../src/renderer/schedule/next-instants.ts';

describe('nextInstants', () => {
  it('flags where the clocks change between two runs', () => {
    const instants = ['2027-03-27T08:00:00.000Z', '2027-03-28T07:00:00.000Z'];
    expect(nextInstants({ instants, dst: [null, null] }, 'Europe/Lisbon')).toEqual([
      { at: instants[0], offset: 'GMT+0', mark: null },
      { at: instants[1], offset: 'GMT+1', mark: 'shift' },
    ]);
  });

  it('says what the engine says of a single instant first', () => {
    const instants = ['2027-03-28T01:00:00.000Z'];
    const [next] = nextInstants({ instants, dst: ['moved'] }, 'Europe/Lisbon');
    expect(next?.mark).toBe('moved');
  });

  it('flags nothing where no clock changes', () => {
    const instants = ['2027-03-27T08:00:00.000Z', '2027-03-28T08:00:00.000Z'];
    const marks = nextInstants({ instants, dst: [null, null] }, 'America/Sao_Paulo');
    expect(marks.map(({ mark }) => mark)).toEqual([null, null]);
  });
});
