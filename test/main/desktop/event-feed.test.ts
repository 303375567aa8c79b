import { describe, expect, it } from 'vitest';
import { EventFeed } from '../../../src/main/desktop/event-feed.ts';
import type { PontualEvent } from '../../../src/shared/events.ts';
import { ManualClock } from '../../support/manual-clock.ts';

type Sent = readonly PontualEvent[] | 'reset';

function setupFeed() {
  const clock = new ManualClock();
  const sent: Sent[] = [];
  const feed = new EventFeed({
    clock,
    send: (events) => sent.push(events),
    sendReset: () => sent.push('reset'),
  });
  return { clock, sent, feed };
}

// The feed looks at names and run ids alone.
const event = (name: string, data: object = {}) =>
  ({ name, at: '', data }) as unknown as PontualEvent;
const job = (jobId: string) => event('job.changed', { jobId, deleted: false });

describe('the feed of events to the window', () => {
  it('sends what gathers within a moment as one batch, in order', () => {
    const { clock, sent, feed } = setupFeed();
    feed.open();
    const events = [job('a'), job('b'), job('a')];
    events.forEach((one) => feed.push(one));
    expect(sent).toEqual([]);
    clock.advance(50);
    expect(sent).toEqual([events]);
  });

  it('keeps only the newest status and the newest progress of each run', () => {
    const { clock, sent, feed } = setupFeed();
    feed.open();
    const progress = (runId: string, done: number) => event('run.progress', { runId, done });
    feed.push(event('status.changed', { n: 1 }));
    feed.push(progress('r1', 1));
    feed.push(progress('r2', 1));
    feed.push(event('status.changed', { n: 2 }));
    feed.push(progress('r1', 2));
    clock.advance(50);
    expect(sent).toEqual([
      [progress('r2', 1), event('status.changed', { n: 2 }), progress('r1', 2)],
    ]);
  });

  it('sends a reset instead of events that nobody saw, once somebody looks', () => {
    const { clock, sent, feed } = setupFeed();
    feed.push(job('a'));
    clock.advance(1000);
    expect(sent).toEqual([]);
    feed.open();
    clock.advance(50);
    expect(sent).toEqual(['reset']);
  });

  it('asks for nothing when nothing happened meanwhile', () => {
    const { clock, sent, feed } = setupFeed();
    feed.open();
    feed.close();
    feed.open();
    clock.advance(1000);
    expect(sent).toEqual([]);
  });

  it('leaves out what was gathered when the window goes away', () => {
    const { clock, sent, feed } = setupFeed();
    feed.open();
    feed.push(job('a'));
    feed.close();
    feed.open();
    clock.advance(50);
    expect(sent).toEqual(['reset']);
  });

  it('holds a flood in bounded memory: a reset, then the latest events', () => {
    const { clock, sent, feed } = setupFeed();
    feed.open();
    for (let number = 0; number < 100_000; number += 1) feed.push(job(`job-${number}`));
    clock.advance(50);
    expect(sent[0]).toBe('reset');
    expect((sent[1] as readonly PontualEvent[]).length).toBeLessThanOrEqual(500);
    expect(sent).toHaveLength(2);
  });
});
