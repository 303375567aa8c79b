import { describe, expect, it } from 'vitest';
import { RecordTally } from '../../../../src/main/engine/commands/record-tally.ts';
import { EventHub } from '../../../../src/main/engine/observe/events.ts';
import type { Store } from '../../../../src/main/engine/store/store.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const HOURS = [
  { new: 300, changed: 0 },
  { new: 0, changed: 40 },
];

function setUp(history: () => Promise<unknown> = async () => HOURS) {
  const hub = new EventHub({ clock: new ManualClock(), onListenerError: () => undefined });
  const asked: unknown[] = [];
  const query = (async (name: string, params: unknown) => {
    asked.push([name, params]);
    return history();
  }) as unknown as Store['query'];
  const tell = (added: number, changed: number) =>
    hub.emit('records.changed', {
      integrationId: 'coins',
      runId: 'run',
      new: added,
      changed,
      vanished: 0,
    });
  return { tally: new RecordTally(hub, { query }), asked, tell };
}

describe('the records of today', () => {
  it('are what the history says, and what has happened since, however often they are asked for', async () => {
    const { tally, asked, tell } = setUp();
    expect(await tally.since(0, 10)).toEqual({ new: 300, changed: 40 });
    tell(5, 0);
    tell(0, 20);
    expect(await tally.since(0, 20)).toEqual({ new: 305, changed: 60 });
    expect(asked).toEqual([['stats.hourly', { from: 0, to: 10, by: 'hour' }]]);
  });

  it('begin anew with another day', async () => {
    const { tally, asked } = setUp();
    await tally.since(0, 10);
    await tally.since(3_600_000, 3_600_010);
    expect(asked).toHaveLength(2);
  });

  it('are asked for again after the store could not say', async () => {
    let isWell = false;
    const { tally } = setUp(async () => {
      if (!isWell) throw new Error('not now');
      return HOURS;
    });
    await expect(tally.since(0, 10)).rejects.toThrow('not now');
    isWell = true;
    expect(await tally.since(0, 10)).toEqual({ new: 300, changed: 40 });
  });
});
